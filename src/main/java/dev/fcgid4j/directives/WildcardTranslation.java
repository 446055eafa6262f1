/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.regex.PatternSyntaxException;

/**
 * Translates a shell wildcard to a regular expression of Java. {@code *}, {@code ?} and classes don't match a slash. A
 * class that contains a slash is none: its bracket is a plain character.
 *
 * <p>Failures: {@link PatternSyntaxException} for a class that does not end; httpd takes that bracket as a plain character.
 *
 * <p>Threading: one thread, one object for each translation. Source: apr_fnmatch with APR_FNM_PATHNAME.
 */
final class WildcardTranslation {

    private final RegexText text;

    private WildcardTranslation(String glob) {
        this.text = new RegexText(glob);
    }

    /** Translates a wildcard. */
    static String translate(String glob) {
        return new WildcardTranslation(glob).run();
    }

    private String run() {
        while (text.more()) {
            char c = text.source.charAt(text.at++);
            switch (c) {
                case '*' -> text.java.append("[^/]*");
                case '?' -> text.java.append("[^/]");
                case '[' -> bracket();
                case '\\' -> text.literal(text.more() ? text.source.charAt(text.at++) : c);
                default -> text.literal(c);
            }
        }
        return text.java.toString();
    }

    /** Translates from behind an opening bracket to behind the closing one. */
    private void bracket() {
        int begin = text.at;
        int written = text.java.length();
        text.java.append("(?!/)[");
        if (text.peek() == '!' || text.peek() == '^') {
            text.java.append('^');
            text.at++;
        }
        boolean first = true;
        while (text.more() && (first || text.peek() != ']')) {
            first = false;
            if (!member()) { // a slash: the bracket is a plain character
                text.at = begin;
                text.java.setLength(written);
                text.literal('[');
                return;
            }
        }
        if (!text.more()) {
            throw text.mistake("a class without its closing bracket");
        }
        text.at++;
        text.java.append(']');
    }

    /** Translates a character or range, and returns false if it contains a slash as an end. */
    private boolean member() {
        if (!memberEnd()) {
            return false;
        }
        if (text.peek() == '-' && text.peek(1) != ']' && text.peek(1) != 0) {
            text.at++;
            text.java.append('-');
            return memberEnd();
        }
        return true;
    }

    private boolean memberEnd() {
        if (text.peek() == '\\' && text.peek(1) != 0) {
            text.at++;
        }
        if (text.peek() == '/') {
            return false;
        }
        text.literal(text.source.charAt(text.at++));
        return true;
    }
}
