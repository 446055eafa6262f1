/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.cgi;

import dev.fcgid4j.failure.ScriptOutputException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header block that a script's output begins with, in any pieces.
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

    private final int maxBytes;
    private final int maxFields;
    private final List<Map.Entry<String, String>> fields = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();
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
            int end = content.indexOf(content.readerIndex(), content.writerIndex(), (byte) '\n');
            int length = (end < 0 ? content.writerIndex() : end) - content.readerIndex();
            bytes += length + 1;
            if (bytes > maxBytes) {
                throw new ScriptOutputException("the script's header block is longer than " + maxBytes
                        + " bytes (FcgidMaxResponseHeader); it began with " + excerpt(line));
            }
            String piece = content.toString(content.readerIndex(), length, StandardCharsets.ISO_8859_1);
            if (end < 0) {
                content.skipBytes(length);
                line.append(piece);
                bytes--; // no line end was read
            } else if (line.length() == 0) {
                content.skipBytes(length + 1);
                endLine(piece);
            } else {
                content.skipBytes(length + 1);
                endLine(line.append(piece).toString());
                line.setLength(0);
            }
        }
        return response != null;
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
                                + excerpt(line));
    }

    private void endLine(String whole) {
        String text = whole.endsWith("\r") ? whole.substring(0, whole.length() - 1) : whole;
        if (text.isEmpty()) {
            if (fields.isEmpty()) {
                throw new ScriptOutputException(
                        "the script's output begins with an empty line instead of a header" + " such as Content-Type");
            }
            response = ResponseRules.interpret(fields);
            return;
        }
        checkCharacters(text);
        if (text.charAt(0) == ' ' || text.charAt(0) == '\t') {
            continueField(text);
        } else {
            addField(text);
        }
    }

    private void checkCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 0x20 && c != '\t') || c == 0x7f) {
                throw new ScriptOutputException("the script's header block holds the control character "
                        + Integer.toHexString(c) + " (hexadecimal) in line " + (fields.size() + 1));
            }
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

    private void addField(String text) {
        if (fields.size() == maxFields) {
            throw new ScriptOutputException(
                    "the script sent more than " + maxFields + " header fields (FcgidMaxResponseFields)");
        }
        if (fields.isEmpty() && text.startsWith("HTTP/") && text.indexOf(' ') > 0) {
            fields.add(Map.entry("Status", text.substring(text.indexOf(' ') + 1).strip()));
            return;
        }
        int colon = text.indexOf(':');
        if (colon <= 0 || !isToken(text, colon)) {
            throw new ScriptOutputException("the script sent a line that is no header: " + excerpt(text)
                    + ". A header block, such as Content-Type: text/html and an empty line, must come first");
        }
        fields.add(Map.entry(text.substring(0, colon), text.substring(colon + 1).strip()));
    }

    private static boolean isToken(String text, int end) {
        for (int i = 0; i < end; i++) {
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
