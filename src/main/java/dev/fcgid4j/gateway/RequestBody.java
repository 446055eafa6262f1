/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;

/**
 * A complete request body. It can be read again from any position, because a request may have to be repeated.
 *
 * <p>Ownership: the owner closes it, once. Threading: belongs to one event loop.
 */
interface RequestBody extends AutoCloseable {

    /** No bytes. */
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

    /** Its length in bytes. */
    long length();

    /**
     * Reads from a position on. The caller owns the result.
     *
     * @param max most bytes to read; at least 1
     * @return at least 1 byte while {@code position} is below the length
     */
    ByteBuf read(long position, int max) throws IOException;

    @Override
    void close();
}
