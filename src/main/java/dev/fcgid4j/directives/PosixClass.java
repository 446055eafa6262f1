/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.Map;

/**
 * Translates POSIX classes such as {@code [:alpha:]}.
 *
 * <p>Stateless. Source: pcre2pattern, the section about POSIX classes.
 */
final class PosixClass {

    private static final Map<String, String> POSIX = Map.ofEntries(
            Map.entry("alpha", "\\p{Alpha}"),
            Map.entry("ascii", "\\p{ASCII}"),
            Map.entry("digit", "\\p{Digit}"),
            Map.entry("alnum", "\\p{Alnum}"),
            Map.entry("upper", "\\p{Upper}"),
            Map.entry("lower", "\\p{Lower}"),
            Map.entry("punct", "\\p{Punct}"),
            Map.entry("space", "\\s"),
            Map.entry("blank", "\\p{Blank}"),
            Map.entry("cntrl", "\\p{Cntrl}"),
            Map.entry("graph", "\\p{Graph}"),
            Map.entry("print", "\\p{Print}"),
            Map.entry("xdigit", "\\p{XDigit}"),
            Map.entry("word", "\\w"));

    private PosixClass() {}

    /** Translates the class that stands here. */
    static void translate(RegexText text, int end) {
        boolean negated = text.peek(2) == '^';
        String known = POSIX.get(text.source.substring(text.at + (negated ? 3 : 2), end));
        if (known == null || text.peek(1) != ':') {
            throw text.mistake(text.source.substring(text.at, end + 2));
        }
        text.java.append(
                negated ? known.replace("\\p", "\\P").replace("\\s", "\\S").replace("\\w", "\\W") : known);
        text.at = end + 2;
    }

    /** Returns where the colon before the closing bracket of {@code [:name:]} stands, or of its kin; negative if none stands here. */
    static int end(RegexText text) {
        char mark = text.peek(1);
        if (text.peek() != '[' || (mark != ':' && mark != '.' && mark != '=')) {
            return -1;
        }
        String source = text.source;
        for (int i = text.at + 2; i + 1 < source.length(); i++) {
            char c = source.charAt(i);
            char next = source.charAt(i + 1);
            if (c == '\\' && (next == ']' || next == '\\')) {
                i++;
            } else if ((c == '[' && next == mark) || c == ']') {
                return -1;
            } else if (c == mark && next == ']') {
                return i;
            }
        }
        return -1;
    }
}
