/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;

/**
 * A complete request body, which can be read again from any position, because a request may have to be repeated.
 *
 * <p>Ownership: whoever holds it closes it. Threading: one event loop.
 */
public interface RequestBody extends AutoCloseable {

    /** The body of a request that has none. */
    RequestBody EMPTY = new RequestBody() {
        @Override
        public long length() {
            return 0;
        }

        @Override
        public ByteBuf read(long position, int max) {
            return Unpooled.EMPTY_BUFFER;
        }

        @Override
        public void close() {
            // holds nothing
        }
    };

    /** Bytes. */
    long length();

    /**
     * Bytes from a position on; the caller owns the buffer.
     *
     * @param max most bytes wanted; at least 1
     * @return at least 1 byte as long as {@code position} is below the length
     */
    ByteBuf read(long position, int max) throws IOException;

    @Override
    void close();
}
