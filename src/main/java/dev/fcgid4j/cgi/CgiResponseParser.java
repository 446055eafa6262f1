/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import dev.fcgid4j.api.Internal;
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
 * Reads the header block at the beginning of a script's output. The bytes may arrive in any pieces. They are read in
 * place, so only names and values are allocated.
 *
 * <p>Lines end with LF or CRLF. A line that begins with a blank continues the one before. The block is complete at its
 * empty line, even if nothing follows yet. A first line {@code HTTP/1.1 404 Not Found} counts as {@code Status}.
 *
 * <p>A block with an informational status, such as 103 Early Hints, is dropped but for X-Fcgid-Watch, and the block that
 * follows it is read. All blocks together count against the limit of bytes. 101 is a failure: no upgrade is possible here.
 *
 * <p>Failures: a {@link ScriptOutputException} for a line that is no header field, for NUL, a bare CR or another control
 * character, for a block that is too long, and for too many fields.
 *
 * <p>Threading: one thread, one object for each response.
 *
 * <p>Source: RFC 3875 section 6.3, RFC 9110 sections 5.5 and 15.2.
 */
@Internal
public final class CgiResponseParser {

    private static final byte[] NOTHING = {};
    private static final ByteProcessor NO_CONTROL = b -> (b < 0 || b >= ' ' || b == '\t') && b != 0x7f;

    private final int maxBytes;
    private final int maxFields;
    private final List<Map.Entry<String, String>> fields = new ArrayList<>();
    private final List<Map.Entry<String, String>> informational = new ArrayList<>(0); // what counts of earlier blocks
    private byte[] partialLine = NOTHING; // the beginning of a line whose end has not arrived
    private int partialLength;
    private int bytes;
    private @Nullable CgiResponse response;

    /**
     * Creates a parser for one response.
     *
     * @param maxBytes longest header block
     * @param maxFields most header fields
     */
    public CgiResponseParser(int maxBytes, int maxFields) {
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
    }

    /**
     * Reads the next bytes. Returns true if the block is complete: then {@link #response()} has its meaning, and the rest
     * of {@code content} belongs to the body.
     *
     * @param content borrowed for the call; read up to the end of the block
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
                keepPartial(content, length);
            } else if (partialLength > 0) {
                keepPartial(content, length);
                endLine(Unpooled.wrappedBuffer(partialLine), 0, partialLength);
                partialLength = 0;
                content.skipBytes(1);
            } else {
                endLine(content, start, length);
                content.readerIndex(end + 1);
            }
        }
        return response != null;
    }

    /** Copies the beginning of a line whose end has not arrived. */
    private void keepPartial(ByteBuf content, int length) {
        if (partialLine.length < partialLength + length) {
            partialLine = Arrays.copyOf(partialLine, Math.max(128, 2 * (partialLength + length)));
        }
        content.readBytes(partialLine, partialLength, length);
        partialLength += length;
    }

    /** Returns the meaning of the block. To be called after {@link #parse} has returned true. */
    public CgiResponse response() {
        if (response == null) {
            throw new IllegalStateException("the header block is not complete");
        }
        return response;
    }

    /** Returns the failure to report if the script's output ends before its header block. */
    public ScriptOutputException endedEarly() {
        return new ScriptOutputException(
                bytes == 0
                        ? "the script ended without any output"
                        : "the script's output ended within its header block, after " + bytes + " bytes; it began with "
                                + excerpt(beginning()));
    }

    private String beginning() {
        return new String(partialLine, 0, partialLength, StandardCharsets.ISO_8859_1);
    }

    /** Reads a complete line in place. */
    private void endLine(ByteBuf in, int start, int wholeLength) {
        int length = wholeLength > 0 && in.getByte(start + wholeLength - 1) == '\r' ? wholeLength - 1 : wholeLength;
        if (length == 0) {
            if (fields.isEmpty()) {
                throw new ScriptOutputException(
                        "the script's output begins with an empty line instead of a header" + " such as Content-Type");
            }
            endBlock();
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

    private void endBlock() {
        if (ResponseFields.isInformational(fields)) {
            informational.addAll(ResponseFields.watching(fields));
            fields.clear();
        } else {
            fields.addAll(informational);
            response = ResponseFields.interpret(fields);
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
        String name = colon <= start ? "" : KnownFields.read(in, start, colon - start);
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

    /** Returns the beginning of a line for a log: at most 60 characters, only of lines that are no header field. */
    private static String excerpt(CharSequence line) {
        StringBuilder safe = new StringBuilder("\"");
        for (int i = 0; i < Math.min(line.length(), 60); i++) {
            char c = line.charAt(i);
            safe.append(c < 0x20 || c > 0x7e ? '?' : c);
        }
        return safe.append(line.length() > 60 ? "…\"" : "\"").toString();
    }
}
