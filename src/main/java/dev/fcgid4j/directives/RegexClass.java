/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * Translates a character class. In Java {@code [} and {@code &&} begin a nested class there, and POSIX names are written
 * another way.
 *
 * <p>Stateless. Source: pcre2pattern, the sections about classes.
 */
final class RegexClass {

    private RegexClass() {}

    /** Translates from an opening bracket to behind the closing one. */
    static void translate(RegexText text) {
        if (PosixClass.end(text) >= 0) {
            throw text.mistake("a class such as [:alpha:] outside brackets");
        }
        text.java.append('[');
        text.at++;
        if (text.skip("^")) {
            text.java.append('^');
        }
        boolean first = true;
        while (first || text.peek() != ']') {
            if (!text.more()) {
                throw text.mistake("a class without its closing bracket");
            }
            first = false;
            item(text);
        }
        text.at++;
        text.java.append(']');
    }

    private static void item(RegexText text) {
        if (set(text)) {
            if (text.peek() == '-' && text.peek(1) != ']') {
                throw text.mistake("a range that begins with a class");
            }
            return;
        }
        char low = character(text);
        text.literal(low);
        if (text.peek() != '-' || text.peek(1) == ']') {
            return;
        }
        text.at++;
        if (PosixClass.end(text) >= 0 || !text.more()) {
            throw text.mistake("a range that ends with a class");
        }
        char high = character(text); // refuses sets
        if (high < low) {
            throw text.mistake("a range in descending order");
        }
        text.java.append('-');
        text.literal(high);
    }

    /** Translates {@code \d} or {@code [:name:]} if it stands here, and returns whether it does. */
    private static boolean set(RegexText text) {
        if (text.peek() == '\\') {
            return RegexEscapes.set(text);
        }
        int end = text.peek() == '[' ? PosixClass.end(text) : -1;
        if (end < 0) {
            return false;
        }
        PosixClass.translate(text, end);
        return true;
    }

    private static char character(RegexText text) {
        if (text.peek() != '\\') {
            return text.source.charAt(text.at++);
        }
        if (text.peek(1) == 'b') { // a backspace in a class
            text.at += 2;
            return '\b';
        }
        return RegexEscapes.character(text);
    }
}
