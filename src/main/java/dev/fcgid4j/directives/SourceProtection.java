/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What is never sent as a plain file, whatever the rules forget to say. */
public final class SourceProtection {

    /** Source of programs: run it or refuse it, but don't send it. */
    private static final Set<String> SOURCES = Set.of(
            ".php", ".php3", ".php4", ".php5", ".php7", ".php8", ".phtml", ".pht", ".phar", ".phps", ".inc", ".cgi",
            ".fcgi", ".fpl", ".pl", ".pm", ".py", ".pyc", ".rb", ".lua", ".tcl");

    /** What editors and people append to the name of a file that they keep a copy of. */
    private static final Set<String> COPIES =
            Set.of(".bak", ".old", ".orig", ".save", ".swp", ".swo", ".tmp", ".rej", ".dist", ".backup", ".copy", ".1");

    /** What the names of handlers that run programs contain, whatever hosting they come from. */
    private static final List<String> INTERPRETERS = List.of("php", "cgi", "perl", "python", "ruby", "wsgi", "lsapi");

    private SourceProtection() {}

    /** Whether a file of this name is, or may be a copy of, the source of a program. */
    public static boolean isSource(String fileName) {
        return SOURCES.contains(DirectoryConfig.suffixOf(fileName))
                || originals(fileName).stream().anyMatch(name -> SOURCES.contains(DirectoryConfig.suffixOf(name)));
    }

    /** The names that a file of this name may be a copy of, nearest first: {@code a.foo} for {@code a.foo~}. */
    public static List<String> originals(String fileName) {
        List<String> names = new ArrayList<>();
        String name = fileName;
        while (true) {
            String shorter = stripped(name);
            if (shorter.equals(name) || shorter.isEmpty()) {
                return names;
            }
            names.add(shorter);
            name = shorter;
        }
    }

    private static String stripped(String name) {
        if (name.startsWith("#")) {
            return name.substring(1);
        }
        if (name.endsWith("~") || name.endsWith(".") || name.endsWith(" ") || name.endsWith("#")) {
            return name.substring(0, name.length() - 1);
        }
        String suffix = DirectoryConfig.suffixOf(name);
        return COPIES.contains(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }

    /** Whether a handler, or a type that stands in for one, runs what it is given, so that its source must not be sent. */
    static boolean isProgram(String handler) {
        String name = handler.toLowerCase(Locale.ROOT);
        return name.equals(DirectoryConfig.FCGID)
                || name.startsWith("application/x-httpd")
                || name.startsWith("server-")
                || name.startsWith("proxy:")
                || name.endsWith("-script")
                || INTERPRETERS.stream().anyMatch(name::contains);
    }

    /** Whether a name is hidden: dot-files such as {@code .htaccess} and {@code .git}, but not {@code .well-known}. */
    public static boolean isHidden(String segment) {
        return segment.startsWith(".") && !segment.equals(".well-known");
    }
}
