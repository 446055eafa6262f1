/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static java.util.Objects.requireNonNull;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;

/**
 * The files below a directory whose paths match a pattern. {@code *} and {@code ?} match within a name, {@code **} matches
 * across directories, <code>{a,b}</code> matches either.
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
        // refuses what is no pattern; "**/" matches no directory, too, which it does not in Java's patterns
        FileSystems.getDefault().getPathMatcher("glob:" + pattern.replace("**/", "{**/,}"));
    }

    /** Returns what decides whether a path matches. */
    public PathMatcher matcher() {
        return GlobPattern.matcher(base, pattern);
    }

    /** The number of directory levels below the base at which a matching file may lie, at most. */
    public int depth() {
        return pattern.contains("**")
                ? Integer.MAX_VALUE
                : (int) pattern.chars().filter(c -> c == '/').count() + 1;
    }

    /** The directory that holds all matching files: the base and the pattern's first names without wildcards. */
    public Path root() {
        Path root = base;
        String[] names = pattern.split("/", -1);
        for (int i = 0; i < names.length - 1 && names[i].matches("[^*?\\[{\\\\]+"); i++) {
            root = root.resolve(names[i]);
        }
        return root;
    }
}
