/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates the quantifiers of a regular expression, and bounds them.
 *
 * <p>Stateless. Source: pcre2pattern, the section about repetition.
 */
final class RegexQuantifier {

    /** The largest count of a quantifier in PCRE2. */
    private static final int MAX_COUNT = 65_535;

    /** The largest product of nested counts. */
    private static final long MAX_PRODUCT = 1_000_000;

    /** A count; its digits are taken without backtracking. */
    private static final Pattern COUNT = Pattern.compile("\\{([0-9]++)(?:(,)([0-9]*+))?}");

    private RegexQuantifier() {}

    /** Returns whether a count such as {@code {2,3}} stands here. */
    static boolean isCount(RegexText text) {
        return count(text).lookingAt();
    }

    private static Matcher count(RegexText text) {
        return COUNT.matcher(text.source).region(text.at, text.source.length());
    }

    /** Translates the quantifier behind an element, if there is one. */
    static RegexPart quantified(RegexText text, RegexPart part) {
        Matcher count = count(text);
        int min = 0;
        int max = Integer.MAX_VALUE;
        int end = text.at + 1;
        switch (text.peek()) {
            case '*' -> {}
            case '+' -> min = 1;
            case '?' -> max = 1;
            case '{' -> {
                if (!count.lookingAt()) {
                    return part;
                }
                min = number(text, count.group(1));
                boolean open = count.group(2) != null && count.group(3).isEmpty();
                max = open ? max : count.group(2) == null ? min : number(text, count.group(3));
                end = count.end();
            }
            default -> {
                return part;
            }
        }
        if (!part.repeatable() || max < min) {
            throw text.mistake("this quantifier");
        }
        text.java.append(text.source, text.at, end);
        text.at = end;
        EmptyWork work = part.work().repeated(min, max);
        text.checkWork(work.isTooOften(part.work()));
        boolean possessive = text.peek() == '+';
        if (possessive || text.peek() == '?') {
            text.java.append(text.peek());
            text.at++;
        }
        return repeated(text, part, possessive ? work.once() : work, min, max);
    }

    private static RegexPart repeated(RegexText text, RegexPart part, EmptyWork work, int min, int max) {
        long product = part.product() * Math.max(1, max == Integer.MAX_VALUE ? min : max);
        if (product > MAX_PRODUCT) {
            throw text.mistake("a product of nested counts above " + MAX_PRODUCT);
        }
        long longest = part.max() == 0 ? 0 : Math.min(part.max() * max, Integer.MAX_VALUE);
        return new RegexPart(work, part.min() * min, longest, product, false);
    }

    private static int number(RegexText text, String digits) {
        int value = digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        if (value > MAX_COUNT) {
            throw text.mistake("a count above " + MAX_COUNT);
        }
        return value;
    }
}
