/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.codec.EndRequest;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.Outcome;
import dev.fcgid4j.worker.WorkerConnection;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One try of an {@link Exchange} on one worker.
 *
 * <h2>Life</h2>
 *
 * The {@link LeasedConnection} opens, the {@link RequestWriter} sends the request, the {@link ResponseReader} passes the
 * response on to the sink, and the {@link AttemptEnd} releases the lease and calls the {@link AttemptListener}, once.
 *
 * <h2>Abort</h2>
 *
 * When the client disconnects, or the response is withheld, an {@link AbortDrain} takes the request over. The lease is
 * released when the request has ended, or when the worker has to be stopped because it does not end the request.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class Attempt
        implements WorkerConnection.Listener,
                RequestWriter.Listener,
                ResponseReader.Listener,
                LeasedConnection.Listener {

    private final ExchangeParts exchange;
    private final LeasedConnection connection;
    private final RequestWriter writer;
    private final ResponseReader reader;
    private final AttemptEnd end;
    private @Nullable AbortDrain drain;
    private @Nullable HeldOutput held; // while the disk is asked whether the response is withheld
    private @Nullable StderrLog stderr;
    private long progress;
    private long progressNanos;

    Attempt(ExchangeParts exchange, Lease lease) {
        this.exchange = exchange;
        this.connection = new LeasedConnection(exchange.context(), lease, this);
        this.writer = new RequestWriter(exchange.request(), connection, this);
        this.reader = new ResponseReader(
                exchange.context().settings(), exchange.request().method(), exchange.sink(), this);
        this.end = new AttemptEnd(exchange, connection, reader);
        this.progressNanos = exchange.context().now();
    }

    /** Begins. */
    void start() {
        connection.open(exchange.request().idempotent());
    }

    /** The sink takes more. */
    void resume() {
        connection.reading(true);
    }

    /** The client has disconnected: the listener is not called any more. */
    void abort() {
        end.clientLeft();
        if (drain == null && !end.isOver() && !end.isDeciding()) {
            drainResponse();
        }
    }

    private void drainResponse() {
        AbortDrain begun = new AbortDrain(end, log(), exchange.context().now());
        drain = begun;
        writer.stop();
        reader.discard();
        HeldOutput before = held;
        held = null;
        WorkerConnection open = connection.connection();
        if (before != null && before.isOver()) {
            before.passOn(begun, begun);
            return;
        }
        if (before != null) {
            before.discard();
        }
        if (open != null) { // otherwise opened() comes later
            begun.begin(open);
        }
    }

    @Override
    public void opened(WorkerConnection open) {
        if (drain != null) {
            end.unused();
            return;
        }
        open.begin(reader, this);
        writer.begin(open);
    }

    @Override
    public void unsendable(FcgiException why) {
        end.failed(why, Outcome.FAILED, false);
    }

    @Override
    public void writabilityChanged() {
        writer.continueBody();
    }

    @Override
    public void unread(FcgiException why) {
        end.unread(why);
    }

    @Override
    public void shortOfMeans(FcgiException why) {
        end.shortOfMeans(why);
    }

    @Override
    public void responseBegan() {
        end.responseBegan();
    }

    @Override
    public void stderr(ByteBuf content) {
        log().accept(content);
    }

    private StderrLog log() {
        if (stderr == null) {
            stderr = new StderrLog(
                    exchange.context().pool().applicationLog(exchange.request().processClass()));
        }
        return stderr;
    }

    @Override
    public void readComplete() {
        if (reader.isWithheld()) {
            drainResponse(); // the application may take its time
            return;
        }
        reader.flush();
        if (drain == null && reader.isHeldBack()) {
            connection.reading(false);
        }
    }

    @Override
    public void dependsOn(String file) {
        connection.lease().dependsOn(file);
    }

    @Override
    public void begins(int status) {
        switch (end.withholds(status)) {
            case NO -> reader.decide(false);
            case POSSIBLE -> reader.decide(true);
            case UNKNOWN -> hold(status);
        }
    }

    private void hold(int status) {
        HeldOutput begun = new HeldOutput(requireNonNull(connection.connection()), this);
        held = begun;
        end.askDisk(status, halfRead -> {
            if (held == begun) { // otherwise the client has left
                held = null;
                decided(begun, halfRead);
            }
        });
    }

    private void decided(HeldOutput output, boolean halfRead) {
        if (end.isOver()) {
            reader.discard();
        } else {
            reader.decide(halfRead);
        }
        if (end.isOver() || end.isDeciding()) {
            output.discard();
        } else {
            output.passOn(reader, this);
        }
    }

    @Override
    public void malformed(FcgiException why) {
        end.failed(why, Outcome.FAILED, false);
    }

    @Override
    public void ended(EndRequest record) {
        endLog();
        if (reader.isWithheld()) {
            end.withheld(Outcome.COMPLETED, writer.isFinished());
        } else if (record.protocolStatus() == ProtocolStatus.REQUEST_COMPLETE) {
            end.completed(writer.isFinished());
        } else {
            end.refused(record.protocolStatus());
        }
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        endLog();
        if (reader.isWithheld()) {
            end.withheld(Outcome.FAILED, false);
        } else if (reader.isStreamEnded()) {
            end.completed(false); // without FCGI_END_REQUEST, but the application has ended its output
        } else if (connection.received() > 0) {
            end.failed(AttemptFailures.connectionLost(connection.lease(), cause), Outcome.FAILED, false);
        } else if (connection.isFresh() || connection.lease().stopReason().isPresent()) {
            end.lost(cause);
        } else {
            connection.openNew(); // the application closed a kept connection; the worker itself may be well
        }
    }

    private void endLog() {
        if (stderr != null) {
            stderr.end();
        }
    }

    @Override
    public void checkTimeout(long nowNanos, long limitNanos) {
        long now = writer.position() + connection.received();
        if (drain != null) {
            drain.checkTimeout(nowNanos);
        } else if (now != progress || reader.isHeldBack() || held != null || end.isDeciding()) {
            progress = now;
            progressNanos = nowNanos;
        } else if (nowNanos - progressNanos > limitNanos) {
            end.timedOut(limitNanos);
        }
    }
}
