/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.config;

import dev.fcgid4j.failure.ConfigurationException;

/**
 * The characters of one line of a configuration. Only ASCII spaces separate words, as in httpd. An invisible character
 * outside quotes is a mistake, because it makes another word of the one that is seen.
 *
 * <p>Stateless.
 */
final class ConfigLine {

    private static final char UNDECODABLE = '\ufffd';

    private ConfigLine() {}

    /** Returns whether a character separates words. */
    static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    /** Returns a text without the spaces around it. */
    static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Returns the text before the first space. */
    static String firstWord(String line) {
        int end = 0;
        while (end < line.length() && !isSpace(line.charAt(end))) {
            end++;
        }
        return line.substring(0, end);
    }

    /** Returns whether a line has no directive. An invisible character before the comment makes a directive of it, as in httpd. */
    static boolean isBlankOrComment(String line) {
        String stripped = strip(line);
        return stripped.isEmpty() || stripped.charAt(0) == '#';
    }

    /**
     * Checks a line that is no comment.
     *
     * @throws ConfigurationException for a control character, a byte that is not UTF-8, and for an invisible character
     *     outside quotes
     */
    static void checkCharacters(String line, Node.Place place) {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
            boolean control = Character.getType(c) == Character.CONTROL && !isSpace(c);
            if (control || c == UNDECODABLE || (quote == 0 && isInvisible(c))) {
                throw new ConfigurationException(
                        place + String.format(": remove the character U+%04X", (int) c) + " at column " + (i + 1)
                                + (c == UNDECODABLE ? ", which is not UTF-8" : ", which can't be seen"));
            }
        }
    }

    /** Returns whether a character looks like a space, or like nothing: no-break and zero-width spaces, a byte order mark. */
    private static boolean isInvisible(char c) {
        return c > 0x7f
                && switch (Character.getType(c)) {
                    case Character.FORMAT,
                            Character.SPACE_SEPARATOR,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.CONTROL -> true;
                    default -> c == '\u3164' || c == '\u115f' || c == '\u1160' || c == '\u2800';
                };
    }
}
