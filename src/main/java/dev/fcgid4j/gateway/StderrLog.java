/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * Writes FCGI_STDERR of one request to the application's logger, line by line: at most {@value #MAX_LINE} bytes of a line
 * and {@value #MAX_LINES} lines. Control characters are replaced, so that a line cannot forge another one.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class StderrLog {

    private static final int MAX_LINE = 8192;
    private static final int MAX_LINES = 1000;

    private final Optional<Logger> log;
    private final StringBuilder line = new StringBuilder();
    private int lines;
    private long dropped;

    /**
     * Creates the log of one request.
     *
     * @param log the logger; empty to drop all lines
     */
    StderrLog(Optional<Logger> log) {
        this.log = log;
    }

    /** Takes a piece; owns it. */
    void accept(ByteBuf content) {
        try {
            while (content.isReadable()) {
                char c = (char) content.readUnsignedByte();
                if (c == '\n') {
                    endLine();
                } else if (line.length() < MAX_LINE) {
                    line.append(c);
                }
            }
        } finally {
            content.release();
        }
    }

    /** The request has ended: writes a last line without an end, and how many lines were dropped. */
    void end() {
        if (line.length() > 0) {
            endLine();
        }
        if (dropped > 0) {
            long count = dropped;
            dropped = 0;
            log.ifPresent(l -> l.warn("({} lines dropped: more than {} in one request)", count, MAX_LINES));
        }
    }

    private void endLine() {
        if (++lines > MAX_LINES) {
            dropped++;
        } else {
            String text = new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            log.ifPresent(l -> l.warn("{}", printable(text)));
        }
        line.setLength(0);
    }

    private static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\r') {
                safe.append(Character.isISOControl(c) && c != '\t' ? '?' : c);
            }
        }
        return safe.toString();
    }
}
