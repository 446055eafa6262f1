/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static java.util.Objects.requireNonNull;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;

/**
 * The files below a directory whose paths match a pattern: {@code *} and {@code ?} stay within a name, {@code **}
 * crosses directories, <code>{a,b}</code> is either.
 *
 * @param base absolute
 * @param pattern relative to it
 */
public record Glob(Path base, String pattern) {

    public Glob {
        requireNonNull(base, "base");
        requireNonNull(pattern, "pattern");
        if (pattern.startsWith("/") || ("/" + pattern + "/").contains("/../")) {
            throw new IllegalArgumentException("expected a pattern below " + base + ", found " + pattern);
        }
        matcher(base, pattern); // a pattern that is none is refused here
    }

    /** What tells whether a path matches. */
    PathMatcher matcher() {
        return matcher(base, pattern);
    }

    private static PathMatcher matcher(Path base, String pattern) {
        StringBuilder literal = new StringBuilder("glob:");
        for (char c : base.toString().toCharArray()) {
            if ("\\*?[]{},".indexOf(c) >= 0) {
                literal.append('\\');
            }
            literal.append(c);
        }
        // "**/" may also stand for no directory at all, which Java's patterns don't know.
        return FileSystems.getDefault()
                .getPathMatcher(literal.append(base.getNameCount() == 0 ? "" : "/")
                        .append(pattern.replace("**/", "{**/,}"))
                        .toString());
    }

    /** How many directories deep matching files may lie. */
    int depth() {
        return pattern.contains("**")
                ? Integer.MAX_VALUE
                : (int) pattern.chars().filter(c -> c == '/').count() + 1;
    }

    /** The directory below which all matching files are: as far as the pattern has no wildcards. */
    Path root() {
        Path root = base;
        String[] names = pattern.split("/", -1);
        for (int i = 0; i < names.length - 1 && names[i].matches("[^*?\\[{\\\\]+"); i++) {
            root = root.resolve(names[i]);
        }
        return root;
    }
}
