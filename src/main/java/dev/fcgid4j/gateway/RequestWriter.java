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
import org.jspecify.annotations.Nullable;

/**
 * Sends one request: FCGI_BEGIN_REQUEST, FCGI_PARAMS, FCGI_STDIN. The body is read only as fast as the worker takes it, one
 * piece at a time. A piece that arrives from a file after {@link #stop}, or after the connection was released, is dropped.
 *
 * <p>Threading: belongs to the exchange's event loop. Ownership: the body is borrowed.
 *
 * <p>Source: FastCGI 1.0, sections 5.1 to 5.3.
 */
final class RequestWriter implements RequestBody.Reader {

    /** Holds the request of a browser, without its body. */
    private static final int HEAD_BYTES = 2048;

    /** A multiple of 8, so that a full record needs no padding. */
    private static final int CHUNK_BYTES = 64 * 1024 - 8;

    /** Runs the request. Called on the event loop, perhaps within a method of the writer. */
    interface Listener {

        /** The request does not fit FastCGI records, or its body can't be read. Nothing more of it is sent. */
        void unsendable(FcgiException why);
    }

    private final ExchangeRequest request;
    private final RequestBody body;
    private final LeasedConnection leased;
    private final Listener listener;
    private @Nullable WorkerConnection connection; // the one that the request is sent on
    private long position;
    private boolean reading; // a piece was asked for and has not arrived
    private boolean restarted; // that piece belongs to an earlier connection
    private boolean sending;

    RequestWriter(ExchangeRequest request, LeasedConnection leased, Listener listener) {
        this.request = request;
        this.body = request.body();
        this.leased = leased;
        this.listener = listener;
    }

    /** Bytes of the body that were given to the connection. */
    long position() {
        return position;
    }

    /** Whether the connection was given the whole body. */
    boolean isFinished() {
        return position == body.length();
    }

    /** Sends the request from its beginning: the head, and as much of the body as the connection takes. */
    void begin(WorkerConnection open) {
        connection = open;
        position = 0;
        restarted = reading;
        ByteBuf head = open.allocate(HEAD_BYTES);
        try {
            writeHead(head);
        } catch (IllegalArgumentException e) {
            head.release();
            stop();
            listener.unsendable(
                    new ProtocolException("the request can't be put into FastCGI records: " + e.getMessage(), e));
            return;
        }
        if (isFinished()) {
            RecordWriter.writeEndOfStream(head, RecordType.STDIN, WorkerConnection.REQUEST_ID);
        }
        open.write(head);
        continueBody();
    }

    /** Sends nothing more. */
    void stop() {
        connection = null;
    }

    private void writeHead(ByteBuf head) {
        boolean keep = leased.lease().keepsConnections();
        RecordWriter.writeBeginRequest(
                head, WorkerConnection.REQUEST_ID, request.processClass().role(), keep);
        ParamsWriter params = new ParamsWriter(head, WorkerConnection.REQUEST_ID);
        params.add(request.scriptVariables());
        request.variables().forEach(params::add);
        params.end();
    }

    /** Sends as much of the body as the connection takes. */
    void continueBody() {
        WorkerConnection open = connection;
        if (open == null || sending) {
            return;
        }
        sending = true;
        while (connection == open && !reading && !isFinished() && open.isWritable()) {
            reading = true;
            body.read(position, CHUNK_BYTES, this);
        }
        sending = false;
        if (connection == open) {
            open.flush();
        }
    }

    @Override
    public void bytes(ByteBuf content) {
        WorkerConnection open = arrivedFor();
        if (open == null) {
            content.release();
        } else {
            writeChunk(open, content);
        }
        continueBody();
    }

    @Override
    public void failed(IOException why) {
        if (arrivedFor() == null) {
            continueBody();
        } else {
            stop();
            listener.unsendable(
                    new WorkerLostException("the request body can't be read back: " + why.getMessage(), why));
        }
    }

    /** The connection that the arriving piece is for; null if it is for none. */
    private @Nullable WorkerConnection arrivedFor() {
        boolean early = restarted;
        reading = false;
        restarted = false;
        if (leased.connection() != connection) {
            stop(); // the connection was released, and serves another request
        }
        return early ? null : connection;
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
