/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.Outcome;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends an attempt: releases the lease, then calls the {@link AttemptListener}. After {@link #clientLeft} it only releases
 * the lease.
 *
 * <h2>Half-read files</h2>
 *
 * If a file of the worker changes while the request runs, a failure may come from a file that the worker has read half.
 * So may any response to a safe method, if the worker reads files for each request. While the {@link RetryPolicy} permits
 * it, such a response is withheld, and the request is run again.
 *
 * <p>Contract: one call ends the attempt; {@link #isOver} tells.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class AttemptEnd {

    private static final int FIRST_SERVER_ERROR = 500;

    private final ExchangeParts exchange;
    private final LeasedConnection connection;
    private final ResponseReader reader;
    private final Lease lease;
    private boolean clientLeft;
    private boolean over;

    AttemptEnd(ExchangeParts exchange, LeasedConnection connection, ResponseReader reader) {
        this.exchange = exchange;
        this.connection = connection;
        this.reader = reader;
        this.lease = connection.lease();
    }

    /** Whether the attempt has ended. */
    boolean isOver() {
        return over;
    }

    /** The client has disconnected: the listener is not called any more. */
    void clientLeft() {
        clientLeft = true;
    }

    /** The first record of the response has arrived: the application has read its files. */
    void responseBegan() {
        lease.proven();
    }

    /** Whether a response of this status is to be withheld. May read the disk, if files change just now. */
    boolean withholds(int status) {
        boolean failed = status >= FIRST_SERVER_ERROR;
        boolean suspect = failed || (exchange.request().safe() && lease.readsWhileItServes());
        return suspect && mayBeHalfRead(failed);
    }

    private boolean mayBeHalfRead(boolean failed) {
        return exchange.retries().mayWithhold(isStopped(), exchange.context().now()) && lease.mayHaveReadHalf(failed);
    }

    private boolean isStopped() {
        return lease.stopReason().isPresent();
    }

    /** The application has ended the response, whose output may turn out to be incomplete. */
    void completed(boolean keepConnection) {
        Optional<CgiResponse> substitute;
        try {
            substitute = reader.end();
        } catch (FcgiException e) {
            failed(e, Outcome.COMPLETED, keepConnection);
            return;
        }
        release(Outcome.COMPLETED, keepConnection);
        if (substitute.isPresent()) {
            exchange.listener().substituted(substitute.get());
        } else {
            exchange.listener().completed();
        }
    }

    /** The request has ended, and its response is withheld or the client has disconnected. */
    void withheld(Outcome outcome, boolean keepConnection) {
        if (isStopped()) {
            stopped(outcome);
            return;
        }
        release(outcome, keepConnection);
        if (!clientLeft) {
            exchange.listener().withheld();
        }
    }

    /** The worker never accepted the connection. */
    void unread(FcgiException why) {
        if (isStopped()) {
            stopped(Outcome.UNREAD);
            return;
        }
        release(Outcome.UNREAD, false);
        if (!clientLeft) {
            exchange.listener().unread(why);
        }
    }

    /** The pool has stopped the worker, whatever the request was waiting for. */
    private void stopped(Outcome outcome) {
        FcgiException why = AttemptFailures.connectionLost(lease, null);
        release(outcome, false);
        if (!clientLeft) {
            exchange.listener().lost(why, true);
        }
    }

    /** A connection opened for this request closed before the first byte of the response. */
    void lost(@Nullable Throwable cause) {
        if (mayBeHalfRead(true)) {
            withheld(Outcome.FAILED, false);
            return;
        }
        boolean stopped = isStopped();
        FcgiException why = AttemptFailures.connectionLost(lease, cause);
        release(Outcome.FAILED, false);
        exchange.listener().lost(why, stopped);
    }

    /** The response is malformed or breaks off. */
    void failed(FcgiException why, Outcome outcome, boolean keepConnection) {
        if (!reader.isCommitted() && mayBeHalfRead(true)) {
            withheld(outcome, keepConnection);
        } else {
            failedForGood(why, outcome, keepConnection);
        }
    }

    /** The system lacks the means to reach the worker, which stays as it is. */
    void shortOfMeans(FcgiException why) {
        if (clientLeft) {
            release(Outcome.UNUSED, false);
        } else {
            failedForGood(why, Outcome.UNUSED, false);
        }
    }

    /** The application has refused the request. */
    void refused(ProtocolStatus status) {
        failedForGood(AttemptFailures.refused(lease, status), Outcome.COMPLETED, false);
    }

    /** No byte has moved for FcgidIOTimeout. */
    void timedOut(long limitNanos) {
        failedForGood(AttemptFailures.ioTimeout(lease, limitNanos), Outcome.TIMED_OUT, false);
    }

    private void failedForGood(FcgiException why, Outcome outcome, boolean keepConnection) {
        boolean committed = reader.isCommitted();
        release(outcome, keepConnection);
        exchange.listener().failed(why, committed);
    }

    /** The client has disconnected before a connection was open. */
    void unused() {
        release(Outcome.UNUSED, false);
    }

    private void release(Outcome outcome, boolean keepConnection) {
        over = true;
        connection.release(outcome, keepConnection, reader.status());
    }
}
