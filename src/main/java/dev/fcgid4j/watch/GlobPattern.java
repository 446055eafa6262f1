/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.limits.BoundedPattern;
import dev.fcgid4j.limits.PatternOverrunException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.regex.Pattern;

/**
 * Translates a valid glob of {@link java.nio.file.FileSystem#getPathMatcher} to a regular expression with a limit of steps.
 * Java's own matcher has none, and a pattern such as {@code **a**a**a**b} backtracks for minutes on a long path.
 *
 * <p>Threading: one thread, one use.
 */
final class GlobPattern {

    private final String glob;
    private final StringBuilder regex = new StringBuilder();
    private int at;
    private boolean inGroup; // groups do not nest

    private GlobPattern(String glob) {
        this.glob = glob;
    }

    /**
     * Returns what decides whether a path below a directory matches. A path for which the pattern takes too many steps
     * counts as a match: a change of that file then restarts a process in vain, but no change is missed.
     */
    static PathMatcher matcher(Path base, String glob) {
        String below = base.getNameCount() == 0 ? "/" : base + "/";
        BoundedPattern pattern = BoundedPattern.compile(
                Pattern.quote(below) + new GlobPattern(glob).translate(), Pattern.DOTALL, "FcgidWatch " + glob);
        return path -> {
            try {
                return pattern.matches(path.toString());
            } catch (PatternOverrunException e) {
                return true;
            }
        };
    }

    private String translate() {
        while (at < glob.length()) {
            char c = glob.charAt(at++);
            switch (c) {
                case '*' -> star();
                case '?' -> regex.append("[^/]");
                case '[' -> characterClass();
                case '{' -> {
                    inGroup = true;
                    regex.append("(?:(?:");
                }
                case '}' -> {
                    regex.append(inGroup ? "))" : "\\}");
                    inGroup = false;
                }
                case ',' -> regex.append(inGroup ? ")|(?:" : ",");
                case '\\' -> literal(glob.charAt(at++));
                default -> literal(c);
            }
        }
        return regex.toString();
    }

    private void star() {
        if (at == glob.length() || glob.charAt(at) != '*') {
            regex.append("[^/]*");
        } else if (glob.startsWith("*/", at)) {
            at += 2;
            regex.append("(?:.*/)?"); // no directory, too
        } else {
            at++;
            regex.append(".*");
        }
    }

    private void literal(char c) {
        regex.append(Character.isLetterOrDigit(c) || c > 0x7f ? "" : "\\").append(c);
    }

    /** Translates from behind the opening bracket to behind the closing one. No class matches a slash. */
    private void characterClass() {
        regex.append("[[^/]&&[");
        if (at < glob.length() && (glob.charAt(at) == '!' || glob.charAt(at) == '^')) {
            regex.append(glob.charAt(at) == '!' ? "^" : "\\^");
            at++;
        }
        if (at < glob.length() && glob.charAt(at) == '-') {
            regex.append("\\-");
            at++;
        }
        while (at < glob.length() && glob.charAt(at) != ']') {
            char c = glob.charAt(at++);
            regex.append("\\[&^".indexOf(c) >= 0 ? "\\" : "").append(c);
        }
        at++;
        regex.append("]]");
    }
}
