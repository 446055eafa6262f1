/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import dev.fcgid4j.failure.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Encodes and decodes name-value pairs. A length below 128 takes 1 byte, any other 4 bytes with the highest bit set.
 *
 * <p>Names and values are byte strings: each char is one byte (ISO-8859-1). Stateless.
 *
 * <p>Source: FastCGI 1.0, section 3.4.
 */
public final class NameValuePairs {

    private static final int LONG_FORM = 0x8000_0000;

    /** Size of the buffer in which a pair is encoded before it is written; longer pairs are rare. */
    private static final int SCRATCH = 2048;

    private static final FastThreadLocal<byte[]> SCRATCHES = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[SCRATCH];
        }
    };

    private NameValuePairs() {}

    /** Returns the bytes that a pair takes. */
    public static int length(CharSequence name, CharSequence value) {
        return lengthOfLength(name.length()) + lengthOfLength(value.length()) + name.length() + value.length();
    }

    /**
     * Appends a pair to {@code out}, which is borrowed for the call.
     *
     * @throws IllegalArgumentException if a char is no byte; nothing is written then
     */
    public static void write(ByteBuf out, CharSequence name, CharSequence value) {
        String key = name.toString();
        String content = value.toString();
        requireBytes(key, key);
        requireBytes(key, content);
        int length = length(key, content);
        if (length > SCRATCH) {
            writeLength(out, key.length());
            writeLength(out, content.length());
            out.writeCharSequence(key, StandardCharsets.ISO_8859_1);
            out.writeCharSequence(content, StandardCharsets.ISO_8859_1);
            return;
        }
        byte[] bytes = SCRATCHES.get();
        int at = putLength(bytes, 0, key.length());
        at = putLength(bytes, at, content.length());
        at = putBytes(bytes, at, key);
        out.writeBytes(bytes, 0, putBytes(bytes, at, content));
    }

    private static int putLength(byte[] bytes, int at, int length) {
        if (length < 128) {
            bytes[at] = (byte) length;
            return at + 1;
        }
        bytes[at] = (byte) (length >>> 24 | 0x80);
        bytes[at + 1] = (byte) (length >>> 16);
        bytes[at + 2] = (byte) (length >>> 8);
        bytes[at + 3] = (byte) length;
        return at + 4;
    }

    /** Copies the low byte of each char. A byte string has no other; this method of the JDK copies without an encoder. */
    @SuppressWarnings("deprecation")
    private static int putBytes(byte[] bytes, int at, String text) {
        text.getBytes(0, text.length(), bytes, at);
        return at + text.length();
    }

    /**
     * Reads pairs to the end of {@code in}, which is borrowed for the call.
     *
     * @throws ProtocolException if a pair is cut off
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

    private static void requireBytes(String name, String text) {
        int all = 0;
        for (int i = 0; i < text.length(); i++) {
            all |= text.charAt(i);
        }
        if (all > 0xFF) {
            int position = 0;
            while (text.charAt(position) <= 0xFF) {
                position++;
            }
            throw new IllegalArgumentException(
                    "the variable " + name + " holds a character that is no byte, at position " + position);
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
