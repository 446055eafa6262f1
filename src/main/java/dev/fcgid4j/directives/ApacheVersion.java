/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.limits.BoundedPattern;
import dev.fcgid4j.limits.PatternOverrunException;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/**
 * Compares the version of Apache whose directives are understood here, for {@code <IfVersion>}. Stateless.
 *
 * <p>Source: httpd's mod_version.
 */
final class ApacheVersion {

    private static final String TEXT = "2.4.62";
    private static final int[] PARTS = {2, 4, 62};

    private ApacheVersion() {}

    /**
     * Returns whether a condition holds; empty if it is not understood.
     *
     * @param args an operator, perhaps with {@code !} before it, and a version or a regular expression
     */
    static Optional<Boolean> fits(List<String> args) {
        if (args.isEmpty() || args.size() > 2) {
            return Optional.empty();
        }
        String operator = args.size() == 1 ? "=" : args.get(0);
        boolean negated = operator.startsWith("!");
        return holds(negated ? operator.substring(1) : operator, args.get(args.size() - 1))
                .map(holds -> holds != negated);
    }

    private static Optional<Boolean> holds(String operator, String version) {
        boolean slashes = version.length() > 1 && version.startsWith("/") && version.endsWith("/");
        if (operator.equals("~") || slashes) {
            return matches(slashes ? version.substring(1, version.length() - 1) : version);
        }
        if (!version.matches("[0-9]{1,4}(\\.[0-9]{1,4}){0,2}")) {
            return Optional.empty();
        }
        int order = compare(version);
        return switch (operator) {
            // "= 2.4" holds for every 2.4.x
            case "=", "==", "" -> Optional.of((TEXT + ".").startsWith(version + "."));
            case ">" -> Optional.of(order > 0);
            case ">=" -> Optional.of(order >= 0);
            case "<" -> Optional.of(order < 0);
            case "<=" -> Optional.of(order <= 0);
            default -> Optional.empty();
        };
    }

    private static Optional<Boolean> matches(String regex) {
        try {
            return Optional.of(
                    BoundedPattern.compile(Pcre.toJava(regex), 0, "<IfVersion>").find(TEXT));
        } catch (PatternSyntaxException | PatternOverrunException e) {
            return Optional.empty();
        }
    }

    /** Compares this version with another; parts that the other lacks are zero. */
    private static int compare(String version) {
        String[] other = version.split("\\.", -1);
        for (int i = 0; i < PARTS.length; i++) {
            int order = Integer.compare(PARTS[i], i < other.length ? Integer.parseInt(other[i]) : 0);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
