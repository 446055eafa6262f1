/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.codec.FcgiRecord;
import dev.fcgid4j.codec.RecordType;
import dev.fcgid4j.codec.RecordWriter;
import dev.fcgid4j.worker.WorkerConnection;
import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * Sends a body as FCGI_STDIN, as fast as the worker takes it and no faster.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class BodySender {

    private static final int CHUNK = 64 * 1024 - 8; // a multiple of 8, so that no padding is needed

    private final RequestBody body;
    private long position;
    private boolean ended;
    private boolean stopped;

    BodySender(RequestBody body) {
        this.body = body;
        this.ended = body.length() == 0;
    }

    /** Bytes handed to the connection so far. */
    long sent() {
        return position;
    }

    /** Whether everything was handed to the connection. */
    boolean finished() {
        return ended;
    }

    /** Begins again, on another connection. */
    void restart() {
        position = 0;
        ended = body.length() == 0;
    }

    /** Sends nothing more. */
    void stop() {
        stopped = true;
    }

    /** Sends as much as the connection takes. */
    void send(WorkerConnection connection) throws IOException {
        while (!ended && !stopped && connection.isWritable()) {
            ByteBuf content = body.read(position, Math.min(CHUNK, FcgiRecord.MAX_CONTENT));
            int length = content.readableBytes();
            position += length;
            ended = position == body.length();
            int padding = RecordWriter.paddingFor(length);
            ByteBuf header = connection.allocate(FcgiRecord.HEADER_LENGTH);
            RecordWriter.writeHeader(header, RecordType.STDIN, WorkerConnection.REQUEST_ID, length, padding);
            connection.write(header);
            connection.write(content);
            if (padding > 0 || ended) {
                ByteBuf tail = connection.allocate(padding + FcgiRecord.HEADER_LENGTH);
                tail.writeZero(padding);
                if (ended) {
                    RecordWriter.writeEndOfStream(tail, RecordType.STDIN, WorkerConnection.REQUEST_ID);
                }
                connection.write(tail);
            }
        }
        connection.flush();
    }
}
