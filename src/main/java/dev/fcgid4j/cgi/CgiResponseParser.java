/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import dev.fcgid4j.failure.ScriptOutputException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header block that a script's output begins with, in any pieces; in its place, so that no more is made of it than
 * its fields.
 *
 * <p>Lines end with LF or CRLF; a line that begins with a blank continues the one before. The block is complete as soon
 * as its blank line is there, even when nothing follows yet. A first line {@code HTTP/1.1 404 Not Found} counts as
 * {@code Status}.
 *
 * <p>Failures: a line that is no header, NUL, a bare CR or another control character, a block that is too long or has too
 * many fields are a {@link ScriptOutputException}.
 *
 * <p>Threading: one thread; one per response.
 *
 * <p>Source: RFC 3875 section 6.3, RFC 9110 section 5.5.
 */
public final class CgiResponseParser {

    private static final byte[] NOTHING = {};
    private static final ByteProcessor NO_CONTROL = b -> (b < 0 || b >= ' ' || b == '\t') && b != 0x7f;

    private final int maxBytes;
    private final int maxFields;
    private final List<Map.Entry<String, String>> fields = new ArrayList<>();
    private byte[] begun = NOTHING; // of a line that isn't complete
    private int begunLength;
    private int bytes;
    private @Nullable CgiResponse response;

    /**
     * Creates one.
     *
     * @param maxBytes longest header block
     * @param maxFields most header fields
     */
    public CgiResponseParser(int maxBytes, int maxFields) {
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
    }

    /**
     * Takes the next bytes. True when the block is complete: then {@link #response()} tells, and what is left in {@code
     * content} belongs to the body.
     *
     * @param content borrowed for the call; read as far as the block goes
     */
    public boolean parse(ByteBuf content) {
        while (response == null && content.isReadable()) {
            int start = content.readerIndex();
            int end = content.indexOf(start, content.writerIndex(), (byte) '\n');
            int length = (end < 0 ? content.writerIndex() : end) - start;
            bytes += end < 0 ? length : length + 1;
            if (bytes > maxBytes) {
                throw new ScriptOutputException("the script's header block is longer than " + maxBytes
                        + " bytes (FcgidMaxResponseHeader); it began with " + excerpt(beginning()));
            }
            if (end < 0) {
                begin(content, length);
            } else if (begunLength > 0) {
                begin(content, length);
                endLine(Unpooled.wrappedBuffer(begun), 0, begunLength);
                begunLength = 0;
                content.skipBytes(1);
            } else {
                endLine(content, start, length);
                content.readerIndex(end + 1);
            }
        }
        return response != null;
    }

    /** Keeps the beginning of a line whose end hasn't arrived. */
    private void begin(ByteBuf content, int length) {
        if (begun.length < begunLength + length) {
            begun = Arrays.copyOf(begun, Math.max(128, 2 * (begunLength + length)));
        }
        content.readBytes(begun, begunLength, length);
        begunLength += length;
    }

    /** What the block says. To be asked when {@link #parse} has returned true. */
    public CgiResponse response() {
        if (response == null) {
            throw new IllegalStateException("the header block is not complete");
        }
        return response;
    }

    /** The script's output has ended before its header block: the failure to report. */
    public ScriptOutputException endedEarly() {
        return new ScriptOutputException(
                bytes == 0
                        ? "the script ended without any output"
                        : "the script's output ended within its header block, after " + bytes + " bytes; it began with "
                                + excerpt(beginning()));
    }

    private String beginning() {
        return new String(begun, 0, begunLength, StandardCharsets.ISO_8859_1);
    }

    /** Reads a line in its place. */
    private void endLine(ByteBuf in, int start, int wholeLength) {
        int length = wholeLength > 0 && in.getByte(start + wholeLength - 1) == '\r' ? wholeLength - 1 : wholeLength;
        if (length == 0) {
            if (fields.isEmpty()) {
                throw new ScriptOutputException(
                        "the script's output begins with an empty line instead of a header" + " such as Content-Type");
            }
            response = HeaderBlock.interpret(fields);
            return;
        }
        int control = in.forEachByte(start, length, NO_CONTROL);
        if (control >= 0) {
            throw new ScriptOutputException("the script's header block holds the control character "
                    + Integer.toHexString(in.getByte(control)) + " (hexadecimal) in line " + (fields.size() + 1));
        }
        if (isBlank(in.getByte(start))) {
            continueField(text(in, start, length));
        } else {
            addField(in, start, length);
        }
    }

    private void continueField(String text) {
        if (fields.isEmpty()) {
            throw new ScriptOutputException(
                    "the script's output begins with a blank instead of a header: " + excerpt(text));
        }
        Map.Entry<String, String> last = fields.remove(fields.size() - 1);
        fields.add(Map.entry(last.getKey(), last.getValue() + " " + text.strip()));
    }

    private void addField(ByteBuf in, int start, int length) {
        if (fields.size() == maxFields) {
            throw new ScriptOutputException(
                    "the script sent more than " + maxFields + " header fields (FcgidMaxResponseFields)");
        }
        if (fields.isEmpty() && in.getByte(start) == 'H') {
            String line = text(in, start, length);
            if (line.startsWith("HTTP/") && line.indexOf(' ') > 0) {
                fields.add(Map.entry(
                        "Status", line.substring(line.indexOf(' ') + 1).strip()));
                return;
            }
        }
        int end = start + length;
        int colon = in.indexOf(start, end, (byte) ':');
        String name = colon <= start ? "" : ResponseField.at(in, start, colon - start);
        if (name.isEmpty() || !isToken(name)) {
            throw new ScriptOutputException("the script sent a line that is no header: "
                    + excerpt(text(in, start, length))
                    + ". A header block, such as Content-Type: text/html and an empty line, must come first");
        }
        int from = colon + 1;
        while (from < end && isBlank(in.getByte(from))) {
            from++;
        }
        while (end > from && isBlank(in.getByte(end - 1))) {
            end--;
        }
        fields.add(Map.entry(name, text(in, from, end - from)));
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static String text(ByteBuf in, int start, int length) {
        return in.toString(start, length, StandardCharsets.ISO_8859_1);
    }

    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letterOrDigit && "!#$%&'*+-.^_`|~".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** The beginning of the current line, fit for a log. Only what can't be a header is shown, and little of it. */
    private static String excerpt(CharSequence line) {
        StringBuilder safe = new StringBuilder("\"");
        for (int i = 0; i < Math.min(line.length(), 60); i++) {
            char c = line.charAt(i);
            safe.append(c < 0x20 || c > 0x7e ? '?' : c);
        }
        return safe.append(line.length() > 60 ? "…\"" : "\"").toString();
    }
}
