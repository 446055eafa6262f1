/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.codec.EndRequest;
import dev.fcgid4j.worker.WorkerConnection;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what arrives of a response while it is being decided whether the response is withheld, and passes it on then. The
 * application is not read any further when a piece has arrived.
 *
 * <p>Threading: belongs to the exchange's event loop. Ownership: owns the pieces until {@link #passOn} or {@link #discard}.
 */
final class HeldOutput implements WorkerConnection.Listener, WorkerConnection.OutputListener {

    private final WorkerConnection connection;
    private final WorkerConnection.Listener attempt;
    private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
    private @Nullable EndRequest ended;
    private @Nullable Throwable cause;
    private boolean closed;

    /**
     * Takes the connection over.
     *
     * @param attempt gets what is no part of the response at once
     */
    HeldOutput(WorkerConnection connection, WorkerConnection.Listener attempt) {
        this.connection = connection;
        this.attempt = attempt;
        connection.handOver(this, this);
    }

    /** Whether the request has ended, or the connection has closed. */
    boolean isOver() {
        return ended != null || closed;
    }

    /** Gives the connection and everything that has arrived to these listeners. */
    void passOn(WorkerConnection.OutputListener output, WorkerConnection.Listener listener) {
        if (!isOver()) {
            connection.handOver(output, listener);
            connection.reading(true);
        }
        while (!pieces.isEmpty()) {
            output.stdout(pieces.remove());
        }
        EndRequest record = ended;
        if (record != null) {
            listener.ended(record);
        } else if (closed) {
            listener.closed(cause);
        } else {
            listener.readComplete();
        }
    }

    /** Releases everything. */
    void discard() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
    }

    @Override
    public void stdout(ByteBuf content) {
        pieces.add(content);
    }

    @Override
    public void readComplete() {
        if (!pieces.isEmpty()) {
            connection.reading(false);
        }
    }

    @Override
    public void ended(EndRequest record) {
        ended = record;
    }

    @Override
    public void closed(@Nullable Throwable why) {
        closed = true;
        cause = why;
    }

    @Override
    public void responseBegan() {
        attempt.responseBegan();
    }

    @Override
    public void stderr(ByteBuf content) {
        attempt.stderr(content);
    }

    @Override
    public void writabilityChanged() {
        attempt.writabilityChanged();
    }
}
