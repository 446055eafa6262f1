/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import java.util.ArrayDeque;

/**
 * The last lines that a process has written, for the message about its end. Keeps at most {@value #LINES} lines of {@value
 * #LINE_LENGTH} characters.
 *
 * <p>Threading: any thread; the object guards itself.
 */
final class RecentOutput {

    private static final int LINES = 5;
    private static final int LINE_LENGTH = 300;

    private final ArrayDeque<String> lines = new ArrayDeque<>();

    /** Adds a line, cut if it is too long. Drops the oldest line if there are too many. */
    synchronized void add(String line) {
        if (lines.size() == LINES) {
            lines.removeFirst();
        }
        lines.addLast(line.length() > LINE_LENGTH ? line.substring(0, LINE_LENGTH) + "…" : line);
    }

    /** Returns a sentence with the lines, to be appended to a message; empty if there are none. */
    synchronized String sentence() {
        return lines.isEmpty() ? "" : ". Its last output: " + String.join(" | ", lines);
    }
}
