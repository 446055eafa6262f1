/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.util.Locale;
import java.util.Set;

/** What is never sent as a plain file, whatever the rules forget to say. */
final class Protection {

    /** Source of programs: run it or refuse it, but don't send it. */
    private static final Set<String> SOURCES = Set.of(
            ".php", ".php3", ".php4", ".php5", ".php7", ".php8", ".phtml", ".pht", ".phar", ".phps", ".inc", ".cgi",
            ".fcgi", ".fpl", ".pl", ".pm", ".py", ".pyc", ".rb", ".lua", ".tcl");

    /** What editors and people append to the name of a file that they keep a copy of. */
    private static final Set<String> COPIES =
            Set.of(".bak", ".old", ".orig", ".save", ".swp", ".swo", ".tmp", ".rej", ".dist", ".backup", ".copy", ".1");

    private Protection() {}

    /** Whether a file of this name is, or may be a copy of, the source of a program. */
    static boolean isSource(String fileName, Rules rules) {
        String name = fileName.toLowerCase(Locale.ROOT);
        while (name.endsWith("~") || name.endsWith(".") || name.endsWith(" ") || name.endsWith("#")) {
            name = name.substring(0, name.length() - 1);
        }
        String suffix = Rules.suffixOf(name);
        while (COPIES.contains(suffix)) {
            name = name.substring(0, name.length() - suffix.length());
            suffix = Rules.suffixOf(name);
        }
        return SOURCES.contains(suffix) || rules.handlerBySuffix.containsKey(suffix);
    }

    /** Whether a name is hidden: dot-files such as {@code .htaccess} and {@code .git}, but not {@code .well-known}. */
    static boolean isHidden(String segment) {
        return segment.startsWith(".") && !segment.equals(".well-known");
    }
}
