/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Cuts what an application writes into lines for the log: bounded in length and in number per second, free of control
 * characters, so that no application can fill the disk in one go or forge a log entry.
 *
 * <p>Threading: one thread.
 */
final class LineSplitter {

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final ProcessSettings settings;
    private final LongSupplier nanoTime;
    private final Consumer<String> lines;
    private final byte[] line;
    private int length;
    private long cut;
    private long secondBeganNanos;
    private int thisSecond;
    private long dropped;

    LineSplitter(ProcessSettings settings, LongSupplier nanoTime, Consumer<String> lines) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.lines = lines;
        this.line = new byte[settings.maxLine()];
        this.secondBeganNanos = nanoTime.getAsLong();
    }

    /** Takes what was read. */
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

    /** The stream has ended: what is left is a line too. */
    void end() {
        if (length > 0) {
            endLine();
        }
        tellDropped();
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
        if (now - secondBeganNanos >= SECOND_NANOS) {
            tellDropped();
            secondBeganNanos = now;
            thisSecond = 0;
        }
        return ++thisSecond <= settings.maxLinesPerSecond();
    }

    private void tellDropped() {
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
