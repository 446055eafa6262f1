/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Splits the output of an application into lines for the log. Lines are limited in length and in number per second, and
 * control characters are replaced. So no application can fill the disk quickly or forge a log entry.
 *
 * <p>Threading: one thread, one object for each stream.
 */
final class LineSplitter {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final ProcessSettings settings;
    private final LongSupplier nanoTime;
    private final Consumer<String> lines;
    private final byte[] line;
    private int length;
    private long cut; // bytes of the line beyond the longest length
    private long secondStartNanos;
    private int linesThisSecond;
    private long dropped;

    LineSplitter(ProcessSettings settings, LongSupplier nanoTime, Consumer<String> lines) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.lines = lines;
        this.line = new byte[settings.maxLine()];
        this.secondStartNanos = nanoTime.getAsLong();
    }

    /** Takes bytes that were read. */
    void accept(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                endLine();
            } else if (length < line.length) {
                line[length++] = bytes[i];
            } else {
                cut++;
            }
        }
    }

    /** Ends the stream: the rest is a line too. */
    void end() {
        if (length > 0) {
            endLine();
        }
        reportDropped();
    }

    private void endLine() {
        if (mayPass()) {
            lines.accept(text());
        } else {
            dropped++;
        }
        length = 0;
        cut = 0;
    }

    private boolean mayPass() {
        long now = nanoTime.getAsLong();
        if (now - secondStartNanos >= SECOND_NANOS) {
            reportDropped();
            secondStartNanos = now;
            linesThisSecond = 0;
        }
        return ++linesThisSecond <= settings.maxLinesPerSecond();
    }

    private void reportDropped() {
        if (dropped > 0) {
            lines.accept("(" + dropped + " lines dropped: more than " + settings.maxLinesPerSecond() + " in a second)");
            dropped = 0;
        }
    }

    private String text() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        StringBuilder text = new StringBuilder(new String(line, 0, end, StandardCharsets.UTF_8));
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i)) && text.charAt(i) != '\t') {
                text.setCharAt(i, '?');
            }
        }
        return cut == 0
                ? text.toString()
                : text.append(" (").append(cut).append(" bytes cut)").toString();
    }
}
