/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A request body of {@link GatewayFixture}: counts what is read of it and how often it is closed, and can fail. */
final class FixtureBody implements RequestBody {

    private final byte[] content;
    private long bytesRead;
    private int closed;
    private boolean failing;

    FixtureBody(String text) {
        content = text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Every read fails from now on. */
    void fail() {
        failing = true;
    }

    /** Bytes read until now, repetitions included. */
    long bytesRead() {
        return bytesRead;
    }

    int timesClosed() {
        return closed;
    }

    @Override
    public long length() {
        return content.length;
    }

    @Override
    public void read(long position, int max, Reader reader) {
        if (failing || closed > 0) {
            reader.failed(new IOException(failing ? "the disk is broken" : "the body was closed"));
            return;
        }
        int length = (int) Math.min(max, content.length - position);
        bytesRead += length;
        reader.bytes(Unpooled.wrappedBuffer(content, (int) position, length));
    }

    @Override
    public void close() {
        closed++;
    }
}
