/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.codec.FcgiRecord;
import dev.fcgid4j.codec.ParamsWriter;
import dev.fcgid4j.codec.RecordType;
import dev.fcgid4j.codec.RecordWriter;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.ProtocolException;
import dev.fcgid4j.failure.WorkerLostException;
import dev.fcgid4j.worker.WorkerConnection;
import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * Sends one request: FCGI_BEGIN_REQUEST, FCGI_PARAMS, FCGI_STDIN. The body is read only as fast as the worker takes it.
 *
 * <p>Threading: belongs to the exchange's event loop. Ownership: the body is borrowed.
 *
 * <p>Source: FastCGI 1.0, sections 5.1 to 5.3.
 */
final class RequestWriter {

    /** Holds the request of a browser, without its body. */
    private static final int HEAD_BYTES = 2048;

    /** A multiple of 8, so that a full record needs no padding. */
    private static final int CHUNK_BYTES = 64 * 1024 - 8;

    private final ExchangeRequest request;
    private final RequestBody body;
    private long position;

    RequestWriter(ExchangeRequest request) {
        this.request = request;
        this.body = request.body();
    }

    /** Bytes of the body that were given to the connection. */
    long position() {
        return position;
    }

    /** Whether the connection was given the whole body. */
    boolean isFinished() {
        return position == body.length();
    }

    /**
     * Sends the request from its beginning: the head, and as much of the body as the connection takes.
     *
     * @throws FcgiException if the request does not fit FastCGI records, or its body cannot be read
     */
    void begin(WorkerConnection connection) {
        position = 0;
        ByteBuf head = connection.allocate(HEAD_BYTES);
        try {
            writeHead(head);
        } catch (IllegalArgumentException e) {
            head.release();
            throw new ProtocolException("the request can't be put into FastCGI records: " + e.getMessage(), e);
        }
        if (isFinished()) {
            RecordWriter.writeEndOfStream(head, RecordType.STDIN, WorkerConnection.REQUEST_ID);
        }
        connection.write(head);
        continueBody(connection);
    }

    private void writeHead(ByteBuf head) {
        RecordWriter.writeBeginRequest(
                head, WorkerConnection.REQUEST_ID, request.processClass().role(), true);
        ParamsWriter params = new ParamsWriter(head, WorkerConnection.REQUEST_ID);
        params.add(request.scriptVariables());
        request.variables().forEach(params::add);
        params.end();
    }

    /**
     * Sends as much of the body as the connection takes.
     *
     * @throws FcgiException if the body cannot be read
     */
    void continueBody(WorkerConnection connection) {
        try {
            while (!isFinished() && connection.isWritable()) {
                writeChunk(connection, body.read(position, CHUNK_BYTES));
            }
        } catch (IOException e) {
            throw new WorkerLostException("the request body can't be read back: " + e.getMessage(), e);
        }
        connection.flush();
    }

    private void writeChunk(WorkerConnection connection, ByteBuf content) {
        int length = content.readableBytes();
        int padding = RecordWriter.paddingFor(length);
        position += length;
        ByteBuf header = connection.allocate(FcgiRecord.HEADER_LENGTH);
        RecordWriter.writeHeader(header, RecordType.STDIN, WorkerConnection.REQUEST_ID, length, padding);
        connection.write(header);
        connection.write(content);
        if (padding > 0 || isFinished()) {
            ByteBuf tail = connection.allocate(padding + FcgiRecord.HEADER_LENGTH);
            tail.writeZero(padding);
            if (isFinished()) {
                RecordWriter.writeEndOfStream(tail, RecordType.STDIN, WorkerConnection.REQUEST_ID);
            }
            connection.write(tail);
        }
    }
}
