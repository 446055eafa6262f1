/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Name-value pairs in encoded form, for pairs that are sent with many requests.
 *
 * <p>Immutable.
 *
 * <p>Source: FastCGI 1.0, section 3.4.
 */
public final class EncodedPairs {

    private final byte[] bytes;

    private EncodedPairs(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Copies pairs that {@link NameValuePairs#write} has written.
     *
     * @param pairs complete pairs; borrowed for the call, its reader index does not move
     */
    public static EncodedPairs copyOf(ByteBuf pairs) {
        return new EncodedPairs(ByteBufUtil.getBytes(pairs));
    }

    /** Returns the number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** Appends them to {@code out}, which is borrowed for the call. */
    void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
    }
}
