/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * Name-value pairs in the form that they are sent in, for what is sent again and again.
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
     * A copy of what {@link NameValuePairs#write} has written.
     *
     * @param pairs whole pairs; borrowed for the call, not read from
     */
    public static EncodedPairs copyOf(ByteBuf pairs) {
        return new EncodedPairs(ByteBufUtil.getBytes(pairs));
    }

    /** Appends them to {@code out}, which is borrowed for the call. */
    void writeTo(ByteBuf out) {
        out.writeBytes(bytes);
    }
}
