/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.PoolExhaustedException;
import dev.fcgid4j.failure.RequestRejectedException;
import dev.fcgid4j.failure.WorkerLostException;
import dev.fcgid4j.failure.WorkerTimeoutException;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.pool.Lease;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The failures of an attempt, with their messages: what happened, to which worker, and what to do about it. */
final class AttemptFailures {

    private AttemptFailures() {}

    /** No connection to the worker could be opened. */
    static FcgiException unreachable(Lease worker, @Nullable Throwable why) {
        return new WorkerLostException(worker + " can't be reached: " + why);
    }

    /** The system has no descriptor or memory left for a connection. */
    static FcgiException shortOfMeans(Lease worker, @Nullable Throwable why) {
        String message = "no means left to reach " + worker + ": " + why + ". Raise the descriptor limit (ulimit -n)";
        return new PoolExhaustedException(message);
    }

    /** The worker's process exited before it accepted the connection. */
    static FcgiException neverAccepted(Lease worker) {
        return new WorkerLostException(worker + " ended before it accepted the connection");
    }

    /** The application ended the request with another status than FCGI_REQUEST_COMPLETE. */
    static FcgiException refused(Lease worker, ProtocolStatus status) {
        return new RequestRejectedException(worker + " refused the request: FCGI_" + status);
    }

    /** FcgidIOTimeout. */
    static FcgiException ioTimeout(Lease worker, long limitNanos) {
        return new WorkerTimeoutException(
                worker + " neither took nor sent a byte for " + TimeUnit.NANOSECONDS.toSeconds(limitNanos)
                        + " s (FcgidIOTimeout) and is stopped. Raise FcgidIOTimeout if it may be silent that long");
    }

    /**
     * The connection closed before the response was complete.
     *
     * @param cause what the connection reported; returned itself if it is a failure already
     */
    static FcgiException connectionLost(Lease worker, @Nullable Throwable cause) {
        if (cause instanceof FcgiException known) {
            return known;
        }
        Optional<RetireReason> stopped = worker.stopReason();
        if (stopped.filter(reason -> reason == RetireReason.BUSY_TIMEOUT).isPresent()) {
            return new WorkerTimeoutException(worker + " was stopped: " + stopped.get()
                    + ". Raise FcgidBusyTimeout if requests may take that long");
        }
        String how = cause instanceof IOException ? " (" + cause.getMessage() + ")" : "";
        return new WorkerLostException(worker + " closed the connection before the end of its response"
                + how
                + stopped.map(reason -> "; it was stopped: " + reason).orElse("")
                + ". Look at its log; a script must not exit in the middle of a request");
    }
}
