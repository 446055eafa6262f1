/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.buffer.ByteBuf;
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
        public void read(long position, int max, Reader reader) {
            throw new IllegalStateException("an empty body has nothing to read");
        }

        @Override
        public void close() {
            // holds nothing
        }
    };

    /** Gets what was asked for. Called on the event loop. */
    interface Reader {

        /** The bytes, at least one; the reader owns them. */
        void bytes(ByteBuf content);

        /** The bytes can't be read. */
        void failed(IOException why);
    }

    /** Its length in bytes. */
    long length();

    /**
     * Reads from a position on. The reader is called before this returns if the bytes are in memory, and later otherwise. It
     * is not called after {@link #close}.
     *
     * @param position below the length
     * @param max most bytes to read; at least 1
     */
    void read(long position, int max, Reader reader);

    @Override
    void close();
}
