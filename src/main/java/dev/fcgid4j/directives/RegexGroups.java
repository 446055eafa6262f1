/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * The capturing groups of a regular expression as far as it is read, and references to them.
 *
 * <p>Threading: one thread, one object for each translation.
 */
final class RegexGroups {

    private static final int MAX_NUMBER = 65_535;

    private final Set<String> names = new HashSet<>();
    private final BitSet closed = new BitSet();
    private int begun;

    /** Begins a group, and returns its number. */
    int begin() {
        return ++begun;
    }

    /** Ends a group: references to it may follow. */
    void end(int number) {
        closed.set(number);
    }

    /** Adds the name of a group, and returns whether it is new. */
    boolean addName(String name) {
        return names.add(name);
    }

    /** Translates a reference to a group, and returns whether it is one; else it is the number of a character. */
    boolean reference(RegexText text) {
        int end = text.at + 1;
        int number = 0;
        while (end < text.source.length() && text.source.charAt(end) >= '0' && text.source.charAt(end) <= '9') {
            number = Math.min(number * 10 + text.source.charAt(end) - '0', MAX_NUMBER);
            end++;
        }
        if (number >= 10 && number > begun && text.peek(1) < '8') {
            return false;
        }
        if (!closed.get(number)) {
            throw text.mistake("a reference to a group that has not ended before it");
        }
        text.java.append("(?:\\").append(number).append(')');
        text.at = end;
        return true;
    }
}
