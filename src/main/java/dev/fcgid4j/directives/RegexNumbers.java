/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/** Reads the characters of a regular expression that are written as numbers. Stateless. Source: pcre2pattern. */
final class RegexNumbers {

    private RegexNumbers() {}

    /** Reads up to three octal digits behind a backslash. */
    static char octal(RegexText text) {
        int value = 0;
        text.at++;
        for (int i = 0; i < 3 && text.peek() >= '0' && text.peek() <= '7'; i++) {
            value = value * 8 + text.peek() - '0';
            text.at++;
        }
        return inByte(text, value);
    }

    /** Reads {@code \x2e} or {@code \x{2e}}. */
    static char hexadecimal(RegexText text) {
        text.at += 2;
        boolean braces = text.skip("{");
        int value = 0;
        int digits = 0;
        while (digits < (braces ? 6 : 2) && hexDigit(text.peek()) >= 0) {
            value = value * 16 + hexDigit(text.peek());
            digits++;
            text.at++;
        }
        if (digits == 0 || (braces && !text.skip("}"))) {
            throw text.mistake("\\x without hexadecimal digits");
        }
        return inByte(text, value);
    }

    private static int hexDigit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }

    private static char inByte(RegexText text, int value) {
        if (value > 0xff) {
            throw text.mistake("a character above 255");
        }
        return (char) value;
    }
}
