/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import static java.util.Objects.requireNonNull;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression with a limit of steps. Java's expressions backtrack, so a plausible one such as
 * {@code ^/(.*)/(.*)/(.*)\.inc$} takes minutes for some paths of 7 KB, and a client chooses the path.
 *
 * <p>A step is one look at a character of the text. A match that takes more than {@value #MAX_STEPS} steps, or more stack
 * than the thread has, ends with a {@link PatternOverrunException}: neither a match nor a mismatch.
 *
 * <p>Immutable. Source: PCRE's match limit, which httpd answers with 500 likewise.
 */
public final class BoundedPattern {

    /** Steps that one match may take: about 5 ms. A pattern without backtracking takes a few for each character. */
    public static final int MAX_STEPS = 1_000_000;

    private static final int MAX_LENGTH = 16_384;

    private final Pattern pattern;
    private final String place;

    private BoundedPattern(Pattern pattern, String place) {
        this.pattern = pattern;
        this.place = place;
    }

    /**
     * Compiles an expression.
     *
     * @param regex in Java's dialect
     * @param flags as in {@link Pattern#compile(String, int)}
     * @param place file and line of the directive, for messages
     * @throws PatternSyntaxException also if the expression is nested too deeply, or longer than {@value #MAX_LENGTH}
     *     characters: Java takes minutes to compile some of a megabyte
     */
    public static BoundedPattern compile(String regex, int flags, String place) {
        requireNonNull(place, "place");
        if (regex.length() > MAX_LENGTH) {
            throw new PatternSyntaxException("it is longer than " + MAX_LENGTH + " characters", "", -1);
        }
        return new BoundedPattern(Pattern.compile(regex, flags), place);
    }

    /** Returns whether the expression matches a part of the text. */
    public boolean find(String text) {
        return run(text, Matcher::find);
    }

    /** Returns whether the expression matches the whole text. */
    public boolean matches(String text) {
        return run(text, Matcher::matches);
    }

    private boolean run(String text, Predicate<Matcher> match) {
        try {
            return match.test(pattern.matcher(new CountedText(text)));
        } catch (StepLimitException e) {
            throw overrun(MAX_STEPS + " steps", text);
        } catch (StackOverflowError e) {
            throw overrun("the stack of a thread", text);
        }
    }

    private PatternOverrunException overrun(String what, String text) {
        return new PatternOverrunException(
                place,
                place + ": the regular expression needs more than " + what + " for a text of " + text.length()
                        + " characters, so it is not known whether it matches, and the request is answered 500;"
                        + " write it with less backtracking, such as [^/]* in place of .*");
    }

    /** The match has used up its steps. */
    private static final class StepLimitException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StepLimitException() {
            super("step limit", null, false, false);
        }
    }

    /** A text that counts how often a character is looked at. */
    private static final class CountedText implements CharSequence {
        private final String text;
        private int steps;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps > MAX_STEPS) {
                throw new StepLimitException();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
