/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import dev.fcgid4j.failure.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Name-value pairs: each length in 1 byte when below 128, else in 4 with the highest bit set.
 *
 * <p>Names and values are byte strings: each char is one byte (ISO-8859-1).
 *
 * <p>Source: FastCGI 1.0, section 3.4.
 */
public final class NameValuePairs {

    private static final int LONG_FORM = 0x8000_0000;

    private NameValuePairs() {}

    /** Bytes that a pair takes. */
    public static int length(CharSequence name, CharSequence value) {
        return lengthOfLength(name.length()) + lengthOfLength(value.length()) + name.length() + value.length();
    }

    /**
     * Appends a pair to {@code out}, which is borrowed for the call.
     *
     * @throws IllegalArgumentException when a char is no byte; nothing was written then
     */
    public static void write(ByteBuf out, CharSequence name, CharSequence value) {
        requireBytes(name, name);
        requireBytes(name, value);
        writeLength(out, name.length());
        writeLength(out, value.length());
        out.writeCharSequence(name, StandardCharsets.ISO_8859_1);
        out.writeCharSequence(value, StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads pairs to the end of {@code in}, which is borrowed for the call.
     *
     * @throws ProtocolException when a pair is cut off
     */
    public static Map<String, String> read(ByteBuf in) {
        Map<String, String> pairs = new LinkedHashMap<>();
        while (in.isReadable()) {
            int name = readLength(in);
            int value = readLength(in);
            if ((long) name + value > in.readableBytes()) {
                throw new ProtocolException("a name-value pair of " + name + " + " + value + " bytes is cut off after "
                        + in.readableBytes());
            }
            String key = in.readCharSequence(name, StandardCharsets.ISO_8859_1).toString();
            pairs.put(
                    key, in.readCharSequence(value, StandardCharsets.ISO_8859_1).toString());
        }
        return pairs;
    }

    private static void requireBytes(CharSequence name, CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                throw new IllegalArgumentException(
                        "the variable " + name + " holds a character that is no byte, at position " + i);
            }
        }
    }

    private static int lengthOfLength(int length) {
        return length < 128 ? 1 : 4;
    }

    private static void writeLength(ByteBuf out, int length) {
        if (length < 128) {
            out.writeByte(length);
        } else {
            out.writeInt(length | LONG_FORM);
        }
    }

    private static int readLength(ByteBuf in) {
        if (!in.isReadable()) {
            throw new ProtocolException("a name-value pair is cut off in its lengths");
        }
        int first = in.getByte(in.readerIndex());
        if (first >= 0) {
            return in.readByte();
        }
        if (in.readableBytes() < 4) {
            throw new ProtocolException("a name-value pair is cut off in its lengths");
        }
        return in.readInt() & ~LONG_FORM;
    }
}
