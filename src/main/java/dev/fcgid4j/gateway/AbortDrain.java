/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.codec.EndRequest;
import dev.fcgid4j.codec.FcgiRecord;
import dev.fcgid4j.codec.RecordWriter;
import dev.fcgid4j.pool.Outcome;
import dev.fcgid4j.worker.WorkerConnection;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of a request whose response has no use any more, because the client has disconnected or the response
 * is withheld. It asks the application to abort (FCGI_ABORT_REQUEST), and drops what the application still sends.
 *
 * <p>The application gets 5 s and 64 MiB. After that the worker is stopped.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class AbortDrain implements WorkerConnection.Listener, WorkerConnection.OutputListener {

    private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long MAX_BYTES = 64L << 20;

    private final AttemptEnd end;
    private final StderrLog stderr;
    private final long sinceNanos;
    private long bytes;

    /**
     * Begins the time that the application gets.
     *
     * @param end is called when the request has ended, or was not ended in time
     * @param stderr the log of the request
     */
    AbortDrain(AttemptEnd end, StderrLog stderr, long nowNanos) {
        this.end = end;
        this.stderr = stderr;
        this.sinceNanos = nowNanos;
    }

    /** Takes the request over from its listeners, and sends FCGI_ABORT_REQUEST. */
    void begin(WorkerConnection connection) {
        connection.handOver(this, this);
        connection.reading(true);
        ByteBuf abort = connection.allocate(FcgiRecord.HEADER_LENGTH);
        RecordWriter.writeAbortRequest(abort, WorkerConnection.REQUEST_ID);
        connection.write(abort);
        connection.flush();
    }

    /** Stops the worker if the application has had its time or its bytes. */
    void checkTimeout(long nowNanos) {
        if (nowNanos - sinceNanos > MAX_NANOS || bytes > MAX_BYTES) {
            end.withheld(Outcome.STUCK, false);
        }
    }

    @Override
    public void stdout(ByteBuf content) {
        bytes += content.readableBytes();
        content.release();
    }

    @Override
    public void stderr(ByteBuf content) {
        stderr.accept(content);
    }

    @Override
    public void responseBegan() {
        end.responseBegan();
    }

    @Override
    public void ended(EndRequest record) {
        stderr.end();
        end.withheld(Outcome.COMPLETED, false);
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        stderr.end();
        end.withheld(Outcome.FAILED, false);
    }

    @Override
    public void readComplete() {
        // everything was dropped at once
    }

    @Override
    public void writabilityChanged() {
        // the rest of the request is not sent
    }
}
