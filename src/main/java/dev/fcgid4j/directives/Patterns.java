/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.limits.BoundedPattern;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;

/** Compiles the arguments of sections: shell wildcards, paths, regular expressions. Stateless. */
final class Patterns {

    private Patterns() {}

    /** Compiles {@code <Files x>}, {@code <Files ~ regex>} or {@code <FilesMatch regex>}; the test takes a file's name. */
    static Predicate<String> file(Node.Section section) {
        return isRegex(section) ? regex(section) : wildcard(section, single(section));
    }

    /** Returns whether a section's argument is a regular expression. */
    static boolean isRegex(Node.Section section) {
        return section.key().endsWith("match") || tilde(section);
    }

    /**
     * Compiles {@code <Directory /path>} and its variants. The test takes an absolute path and accepts the directory
     * itself, not those below it. Wildcards don't match a slash.
     */
    static Predicate<String> directory(Node.Section section) {
        if (isRegex(section)) {
            Predicate<String> matches = regex(section);
            return path -> matches.test(path) || matches.test(path + "/");
        }
        String path = single(section);
        if (!path.startsWith("/")) {
            throw section.mistake("expected an absolute path, found " + path);
        }
        String bare = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return isWildcard(bare) ? wildcard(section, bare) : bare::equals;
    }

    /**
     * Compiles {@code <Location /path>} and its variants. The test takes a URL path and accepts the path and everything
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
        String below = path.endsWith("/") ? path : path + "/";
        return url -> url.equals(path) || url.startsWith(below);
    }

    /** Returns the directory that a section names; empty if it has a wildcard or regular expression. */
    static Optional<String> namedDirectory(Node.Section section) {
        boolean named = !isRegex(section)
                && section.args().size() == 1
                && !isWildcard(section.args().get(0));
        return named ? Optional.of(section.args().get(0)) : Optional.empty();
    }

    private static boolean isWildcard(String path) {
        return path.indexOf('*') >= 0 || path.indexOf('?') >= 0 || path.indexOf('[') >= 0;
    }

    private static boolean tilde(Node.Section section) {
        return section.args().size() == 2 && section.args().get(0).equals("~");
    }

    private static Predicate<String> regex(Node.Section section) {
        List<String> args = section.args();
        try {
            return compile(section, Pcre.toJava(args.get(args.size() - 1)))::find;
        } catch (PatternSyntaxException e) {
            throw section.mistake("not a regular expression: " + e.getDescription());
        } catch (IndexOutOfBoundsException e) {
            throw section.mistake("expected a regular expression");
        }
    }

    private static BoundedPattern compile(Node section, String java) {
        return BoundedPattern.compile(java, 0, section.place().toString());
    }

    private static String single(Node.Section section) {
        if (section.args().size() != 1) {
            throw section.mistake(
                    "expected one pattern, found " + section.args().size());
        }
        return section.args().get(0);
    }

    private static Predicate<String> wildcard(Node.Section section, String glob) {
        try {
            return compile(section, Pcre.wildcard(glob))::matches;
        } catch (PatternSyntaxException e) {
            throw section.mistake("not a pattern: " + glob);
        }
    }
}
