/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.regex.PatternSyntaxException;

/**
 * A regular expression or wildcard that is being read, and its translation to Java's dialect as far as it is written.
 *
 * <p>Threading: one thread, one object for each translation.
 */
final class RegexText {

    final String source;
    final StringBuilder java = new StringBuilder();
    int at;

    RegexText(String source) {
        this.source = source;
    }

    /** Returns whether characters are left. */
    boolean more() {
        return at < source.length();
    }

    /** Returns the next character, or NUL at the end. */
    char peek() {
        return peek(0);
    }

    /** Returns the character that many places ahead, or NUL behind the end. */
    char peek(int ahead) {
        return at + ahead < source.length() ? source.charAt(at + ahead) : 0;
    }

    /** Skips a text if it stands here, and returns whether it does. */
    boolean skip(String text) {
        if (!source.startsWith(text, at)) {
            return false;
        }
        at += text.length();
        return true;
    }

    /** Writes a character that means itself, inside and outside a class. */
    void literal(char c) {
        if (c < ' ') {
            java.append(String.format("\\x%02x", (int) c));
        } else {
            java.append(isAlphanumeric(c) || c == '_' || c > 0x7f ? "" : "\\").append(c);
        }
    }

    /** Returns whether a character is an ASCII letter or a digit. */
    static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** Returns an exception that names what is wrong, or has another meaning in Java's dialect. */
    PatternSyntaxException mistake(String what) {
        return new PatternSyntaxException(what + " is not supported or not valid", source, at);
    }

    /** Throws if a match of what has been read could work without a limit. */
    void checkWork(boolean tooMuch) {
        if (tooMuch) {
            throw mistake("so much repetition or choice of what may be empty");
        }
    }
}
