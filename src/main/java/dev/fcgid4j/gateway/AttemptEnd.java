/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.freshness.PartialRead;
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
    private boolean deciding; // the disk is asked before the attempt ends
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

    /** Whether the attempt ends when the disk has answered. What happens meanwhile changes nothing. */
    boolean isDeciding() {
        return deciding;
    }

    /** The client has disconnected: the listener is not called any more. */
    void clientLeft() {
        clientLeft = true;
    }

    /** The first record of the response has arrived: the application has read its files. */
    void responseBegan() {
        lease.proven();
    }

    /** Whether a response of this status is to be withheld. If that is unknown, {@link #askDisk} tells. */
    PartialRead withholds(int status) {
        boolean failed = isFailure(status);
        boolean suspect = failed || (exchange.request().safe() && lease.readsWhileItServes());
        return suspect ? mayBeHalfRead(failed) : PartialRead.NO;
    }

    private static boolean isFailure(int status) {
        return status >= FIRST_SERVER_ERROR;
    }

    private PartialRead mayBeHalfRead(boolean failed) {
        boolean mayWithhold =
                exchange.retries().mayWithhold(isStopped(), exchange.context().now());
        return mayWithhold ? lease.partialReadWithoutDisk(failed) : PartialRead.NO;
    }

    /** Finds out whether a response of this status is to be withheld, on a thread that may block. */
    void askDisk(int status, HalfReadCheck.Answer answer) {
        HalfReadCheck.start(exchange.context(), lease, isFailure(status), answer);
    }

    /** Withholds a response that is a failure, if it may come from a half-read file; otherwise ends it. */
    private void unlessHalfRead(Outcome outcome, boolean keepConnection, Runnable ending) {
        if (deciding || over) {
            return;
        }
        switch (mayBeHalfRead(true)) {
            case POSSIBLE -> withheld(outcome, keepConnection);
            case NO -> ending.run();
            case UNKNOWN -> {
                deciding = true;
                HalfReadCheck.start(exchange.context(), lease, true, halfRead -> {
                    deciding = false;
                    if (halfRead) {
                        withheld(outcome, keepConnection);
                    } else {
                        ending.run();
                    }
                });
            }
        }
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
        if (deciding) {
            return; // the connection had closed before
        }
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
        unlessHalfRead(Outcome.FAILED, false, () -> {
            boolean stopped = isStopped();
            FcgiException why = AttemptFailures.connectionLost(lease, cause);
            release(Outcome.FAILED, false);
            if (!clientLeft) {
                exchange.listener().lost(why, stopped);
            }
        });
    }

    /** The response is malformed or breaks off. */
    void failed(FcgiException why, Outcome outcome, boolean keepConnection) {
        if (reader.isCommitted()) {
            failedForGood(why, outcome, keepConnection);
        } else {
            unlessHalfRead(outcome, keepConnection, () -> failedForGood(why, outcome, keepConnection));
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
        if (!clientLeft) {
            exchange.listener().failed(why, committed);
        }
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
