/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.limits.BoundedPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;

/** Compiles the arguments of sections: shell wildcards, paths, regular expressions. Stateless. */
final class Patterns {

    private Patterns() {}

    /**
     * Compiles {@code <Files x>}, {@code <Files ~ regex>} or {@code <FilesMatch regex>}; the test takes the name of a file,
     * which is empty for a directory that is asked for with its slash.
     */
    static Predicate<String> file(Node.Section section) {
        if (isRegex(section)) {
            return ofText(regex(section));
        }
        String name = single(section);
        if (name.indexOf('/') >= 0 || name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw section.mistake("expected the name of a file, found " + name);
        }
        return ofText(nameOrWildcard(section, name));
    }

    private static Predicate<String> ofText(Predicate<String> ofBytes) {
        return text -> ofBytes.test(ByteStrings.of(text));
    }

    /** Returns whether a section's argument is a regular expression. */
    static boolean isRegex(Node.Section section) {
        return section.key().endsWith("match") || tilde(section);
    }

    /**
     * Compiles {@code <Directory /path>} and its variants. The test of a path takes an absolute path without a final slash,
     * and accepts only that. Wildcards don't match a slash. The test of a regular expression takes a path as it is.
     */
    static Predicate<String> directory(Node.Section section) {
        if (isRegex(section)) {
            return ofText(regex(section));
        }
        String path = single(section);
        if (!path.startsWith("/")) {
            throw section.mistake("expected an absolute path, found " + path);
        }
        return ofText(nameOrWildcard(section, normalized(path)));
    }

    /**
     * Compiles {@code <Location /path>} and its variants. The test takes a URL path as a byte string, and accepts it and everything
     * below it; with wildcards only what they match.
     */
    static Predicate<String> location(Node.Section section) {
        if (isRegex(section)) {
            return regex(section);
        }
        String path = single(section);
        if (isWildcard(path)) {
            return wildcard(section, path);
        }
        return below(path);
    }

    /** Returns a test of byte strings that accepts a URL path and everything below it. */
    static Predicate<String> below(String path) {
        String exact = ByteStrings.of(path);
        String folder = exact.endsWith("/") ? exact : exact + "/";
        return url -> url.equals(exact) || url.startsWith(folder);
    }

    /** Returns a path without empty segments, {@code .} and {@code ..}, as httpd reads it. */
    static String normalized(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            if (segment.equals("..")) {
                if (!segments.isEmpty()) {
                    segments.remove(segments.size() - 1);
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.add(segment);
            }
        }
        return "/" + String.join("/", segments);
    }

    /** Returns the directory that a section names; empty if it has a wildcard or regular expression. */
    static Optional<String> namedDirectory(Node.Section section) {
        boolean named = !isRegex(section)
                && section.args().size() == 1
                && !isWildcard(section.args().get(0));
        return named ? Optional.of(section.args().get(0)) : Optional.empty();
    }

    /** Returns whether a text has an unescaped wildcard; without one httpd compares it as it is, backslashes included. */
    private static boolean isWildcard(String text) {
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '*', '?', '[' -> {
                    return true;
                }
                case '\\' -> i++;
                default -> {}
            }
        }
        return false;
    }

    private static Predicate<String> nameOrWildcard(Node.Section section, String text) {
        String exact = ByteStrings.of(text);
        return isWildcard(text) ? wildcard(section, text) : exact::equals;
    }

    private static boolean tilde(Node.Section section) {
        return !section.args().isEmpty() && section.args().get(0).equals("~");
    }

    private static Predicate<String> regex(Node.Section section) {
        List<String> args = section.args();
        int first = tilde(section) ? 1 : 0;
        if (args.size() != first + 1) {
            throw section.mistake("expected one regular expression, found " + (args.size() - first));
        }
        return compile(section, args.get(first), false)::find;
    }

    /** Compiles a regular expression of a directive or section. */
    static BoundedPattern compile(Node node, String regex, boolean ignoreCase) {
        try {
            return Pcre.compile(regex, ignoreCase, node.place().toString());
        } catch (PatternSyntaxException e) {
            throw node.mistake("not a regular expression: " + e.getDescription());
        }
    }

    private static String single(Node.Section section) {
        if (section.args().size() != 1) {
            throw section.mistake(
                    "expected one pattern, found " + section.args().size());
        }
        return section.args().get(0);
    }

    private static Predicate<String> wildcard(Node.Section section, String glob) {
        if (glob.contains("[[:")) {
            throw section.mistake("classes such as [:alpha:] have no meaning in wildcards; use a regular expression");
        }
        try {
            return Pcre.compileWildcard(glob, section.place().toString())::matches;
        } catch (PatternSyntaxException e) {
            throw section.mistake("not a pattern: " + glob);
        }
    }
}
