/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.limits.BoundedPattern;
import dev.fcgid4j.limits.PatternOverrunException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;

/**
 * Compares the version of Apache whose directives are understood here, for {@code <IfVersion>}. That is 2.4 with an unknown
 * third part: a condition that depends on the third part is not understood. Stateless.
 *
 * <p>Source: httpd's mod_version.
 */
final class ApacheVersion {

    private static final String SERIES = "2.4";
    private static final int[] PARTS = {2, 4};
    private static final int LAST_PATCH = 999;
    private static final int LAST_MATCHED_PATCH = 120;

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
        boolean equality = operator.equals("=") || operator.equals("==") || operator.isEmpty();
        if (operator.equals("~") || (slashes && equality)) {
            return matches(slashes ? version.substring(1, version.length() - 1) : version);
        }
        if (!version.matches("[0-9]{1,4}(\\.[0-9]{1,4}){0,2}")) {
            return Optional.empty();
        }
        return switch (operator) {
            case "=", "==", "" ->
                ofAll(LAST_PATCH, patch -> compare(patch, version) == 0).filter(holds -> !isSeries(version));
            case ">" -> ofAll(LAST_PATCH, patch -> compare(patch, version) > 0);
            case ">=" -> ofAll(LAST_PATCH, patch -> compare(patch, version) >= 0);
            case "<" -> ofAll(LAST_PATCH, patch -> compare(patch, version) < 0);
            case "<=" -> ofAll(LAST_PATCH, patch -> compare(patch, version) <= 0);
            default -> Optional.empty();
        };
    }

    /** Returns whether a version is "2.4" or "2": equal to no release, but meant as all of them. */
    private static boolean isSeries(String version) {
        return version.equals(SERIES) || version.equals("2");
    }

    private static Optional<Boolean> matches(String regex) {
        try {
            BoundedPattern pattern = Pcre.compile(regex, false, "<IfVersion>");
            return ofAll(LAST_MATCHED_PATCH, patch -> pattern.find(SERIES + "." + patch));
        } catch (PatternSyntaxException | PatternOverrunException e) {
            return Optional.empty();
        }
    }

    /** Returns the value that a condition has for every third part of the version; empty if they differ. */
    private static Optional<Boolean> ofAll(int last, IntPredicate condition) {
        boolean first = condition.test(1);
        return IntStream.rangeClosed(2, last).allMatch(patch -> condition.test(patch) == first)
                ? Optional.of(first)
                : Optional.empty();
    }

    /** Compares a release with another version; parts that the other lacks are zero. */
    private static int compare(int patch, String version) {
        String[] other = version.split("\\.", -1);
        int[] parts = {PARTS[0], PARTS[1], patch};
        for (int i = 0; i < parts.length; i++) {
            int order = Integer.compare(parts[i], i < other.length ? Integer.parseInt(other[i]) : 0);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
