/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.codec;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCounted;

/**
 * A piece of a stream. The boundaries between records have no meaning, except that empty content ends the stream.
 *
 * <p>Ownership: reference counting is that of {@link #content()}.
 *
 * <p>Source: FastCGI 1.0, section 3.3 ("Types of record types") and section 5.3.
 */
public sealed interface StreamRecord extends ApplicationRecord, ReferenceCounted
        permits Params, Stdin, Stdout, Stderr, Data {

    /** Returns the bytes. The owner of the record owns them. */
    ByteBuf content();

    /** Returns whether this record ends the stream. */
    default boolean endOfStream() {
        return !content().isReadable();
    }

    @Override
    default int refCnt() {
        return content().refCnt();
    }

    @Override
    default StreamRecord retain() {
        content().retain();
        return this;
    }

    @Override
    default StreamRecord retain(int increment) {
        content().retain(increment);
        return this;
    }

    @Override
    default StreamRecord touch() {
        content().touch();
        return this;
    }

    @Override
    default StreamRecord touch(Object hint) {
        content().touch(hint);
        return this;
    }

    @Override
    default boolean release() {
        return content().release();
    }

    @Override
    default boolean release(int decrement) {
        return content().release(decrement);
    }
}
