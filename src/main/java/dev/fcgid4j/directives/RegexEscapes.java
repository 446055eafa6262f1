/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * Translates what a backslash begins. Only escapes whose meaning is known in both dialects are accepted.
 *
 * <p>Stateless. Source: pcre2pattern, the section about backslashes.
 */
final class RegexEscapes {

    /** Escapes that name a set of characters in both dialects; the text is matched as bytes. */
    private static final String SETS = "dDwWsShHvV";

    private static final String CONTROLS = "aefnrt";
    private static final String CONTROL_CHARACTERS = "\u0007\u001b\f\n\r\t";

    private static final String WORD_BOUNDARY = "(?:(?<=\\w)(?!\\w)|(?<!\\w)(?=\\w))";
    private static final String NO_WORD_BOUNDARY = "(?:(?<=\\w)(?=\\w)|(?<!\\w)(?!\\w))";

    private RegexEscapes() {}

    /** Translates a set such as {@code \d}, if one stands here. */
    static boolean set(RegexText text) {
        if (SETS.indexOf(text.peek(1)) < 0) {
            return false;
        }
        text.java.append('\\').append(text.peek(1));
        text.at += 2;
        return true;
    }

    /** Translates an assertion such as {@code \b}, if one stands here. Java's own one knows letters beyond ASCII. */
    static boolean assertion(RegexText text) {
        switch (text.peek(1)) {
            case 'b' -> text.java.append(WORD_BOUNDARY);
            case 'B' -> text.java.append(NO_WORD_BOUNDARY);
            case 'A', 'z', 'Z' -> text.java.append('\\').append(text.peek(1));
            default -> {
                return false;
            }
        }
        text.at += 2;
        return true;
    }

    /**
     * Reads an escape that means one character, and returns it.
     *
     * @throws java.util.regex.PatternSyntaxException for every other escape
     */
    static char character(RegexText text) {
        char c = text.peek(1);
        int control = CONTROLS.indexOf(c);
        if (control >= 0) {
            text.at += 2;
            return CONTROL_CHARACTERS.charAt(control);
        }
        if (c >= '0' && c <= '7') {
            return RegexNumbers.octal(text);
        }
        if (c == 'x') {
            return RegexNumbers.hexadecimal(text);
        }
        if (c == 0 || RegexText.isAlphanumeric(c)) {
            throw text.mistake(c == 0 ? "a backslash at the end" : "\\" + c);
        }
        text.at += 2;
        return c;
    }
}
