/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Names of files that are never sent as plain files, whatever the configuration says or leaves out. Stateless. */
public final class SourceProtection {

    /** Suffixes of program source: such a file is run or refused. */
    private static final Set<String> SOURCES = Set.of(
            ".php", ".php3", ".php4", ".php5", ".php7", ".php8", ".phtml", ".pht", ".phar", ".phps", ".inc", ".cgi",
            ".fcgi", ".fpl", ".pl", ".pm", ".py", ".pyc", ".rb", ".lua", ".tcl");

    /** Suffixes that editors and users append to the name of a file to keep a copy of it. */
    private static final Set<String> COPIES =
            Set.of(".bak", ".old", ".orig", ".save", ".swp", ".swo", ".tmp", ".rej", ".dist", ".backup", ".copy", ".1");

    private SourceProtection() {}

    /** Returns whether a file of this name is the source of a program, or may be a copy of one. */
    public static boolean isSource(String fileName) {
        return hasSourceSuffix(fileName) || originals(fileName).stream().anyMatch(SourceProtection::hasSourceSuffix);
    }

    private static boolean hasSourceSuffix(String fileName) {
        return SOURCES.contains(FileSuffix.of(fileName));
    }

    /** Returns the names that a file of this name may be a copy of, nearest first: {@code a.foo} for {@code a.foo~}. */
    public static List<String> originals(String fileName) {
        List<String> names = new ArrayList<>();
        String name = fileName;
        while (true) {
            String shorter = withoutCopyMark(name);
            if (shorter.equals(name) || shorter.isEmpty()) {
                return names;
            }
            names.add(shorter);
            name = shorter;
        }
    }

    private static String withoutCopyMark(String name) {
        if (name.startsWith("#")) {
            return name.substring(1);
        }
        if (name.endsWith("~") || name.endsWith(".") || name.endsWith(" ") || name.endsWith("#")) {
            return name.substring(0, name.length() - 1);
        }
        String suffix = FileSuffix.of(name);
        return COPIES.contains(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }

    /** Returns whether a name is hidden: dot-files such as {@code .htaccess} and {@code .git}, but not {@code .well-known}. */
    public static boolean isHidden(String segment) {
        return segment.startsWith(".") && !segment.equals(".well-known");
    }
}
