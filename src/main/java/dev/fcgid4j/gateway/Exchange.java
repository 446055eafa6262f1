/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.WorkerLostException;
import dev.fcgid4j.failure.WorkerTimeoutException;
import dev.fcgid4j.pool.AcquireOptions;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.LeaseListener;
import dev.fcgid4j.pool.WorkerPool;
import dev.fcgid4j.worker.RetireReason;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request, from the line for a worker to the end of its response, repeated on another worker as often as that is
 * safe.
 *
 * <p>When is it safe? A request is repeated only while nothing of a response was seen. If the worker never accepted the
 * connection, always: nobody has read the request. Otherwise only an idempotent one (RFC 9110 section 9.2.2), and at most
 * {@value #MAX_LOSSES} times. For the others a new connection is opened each time, because what was sent on a kept
 * connection that breaks may or may not have been read.
 *
 * <p>An idempotent request is also repeated when its answer may be due to half a file ({@link Lease#mayHaveReadHalf}),
 * once the files are whole, again and again with growing pauses, for FcgidQuietTime since the first time: by then whoever
 * writes counts as done, and what is answered is the answer. An answer that is no failure counts as doubtful only where
 * the method is safe.
 *
 * <p>Threading: belongs to the event loop that it was started on; the lease arrives from any thread and hops there.
 *
 * <p>Ownership: the body is closed at the end, whichever it is; a lease is always released.
 */
public final class Exchange {

    private static final int MAX_LOSSES = 2;
    private static final int MAX_UNREAD = 20;
    private static final int LONGEST_PAUSE = 6; // as a power of two, in milliseconds

    private final EventLoopContext state;
    private final ExchangeRequest request;
    private final ResponseSink sink;
    private @Nullable Attempt attempt;
    private WorkerPool.@Nullable Ticket ticket;
    private final boolean mayRepeat;
    private long sinceNanos;
    private boolean over;
    private int losses;
    private int unread;
    private int pauses;
    private long repeatedSinceNanos;

    Exchange(EventLoopContext state, ExchangeRequest request, ResponseSink sink) {
        this(state, request, sink, true);
    }

    private Exchange(EventLoopContext state, ExchangeRequest request, ResponseSink sink, boolean mayRepeat) {
        this.state = requireNonNull(state, "state");
        this.request = requireNonNull(request, "request");
        this.sink = requireNonNull(sink, "sink");
        this.mayRepeat = mayRepeat;
    }

    /** Runs one request on this worker and no other; on the event loop. */
    static void on(Lease lease, EventLoopContext state, ExchangeRequest request, ResponseSink sink) {
        new Exchange(state, request, sink, false).granted(lease);
    }

    void start() {
        sinceNanos = state.pool().now();
        acquire(false);
    }

    /** The client takes bytes again. */
    public void resume() {
        Attempt current = attempt;
        if (current != null) {
            current.resume();
        }
    }

    /** The client is gone: the worker is let go of as soon as it has come to an end. The sink is told nothing more. */
    public void cancel() {
        if (over) {
            return;
        }
        WorkerPool.Ticket waiting = ticket;
        Attempt current = attempt;
        finish();
        if (current != null) {
            current.abort();
        } else if (waiting != null) {
            waiting.cancel();
        }
    }

    private void acquire(boolean first) {
        attempt = null;
        ticket = null;
        Arrival arrival = new Arrival();
        WorkerPool.Ticket place = state.pool()
                .acquire(request.processClass(), new AcquireOptions(state.loop(), first, sinceNanos), arrival);
        if (!arrival.here) {
            ticket = place;
        }
    }

    private void granted(Lease lease) {
        ticket = null;
        if (over) {
            lease.release(dev.fcgid4j.pool.Outcome.UNUSED);
            return;
        }
        Attempt next = new Attempt(state, request, lease, new Verdict());
        attempt = next;
        next.start();
    }

    private void refused(FcgiException why) {
        ticket = null;
        if (!over) {
            finish();
            sink.fail(FailureResponse.of(why));
        }
    }

    private void finish() {
        over = true;
        attempt = null;
        ticket = null;
        // An aborted attempt reads no body any more.
        request.body().close();
    }

    ResponseSink sink() {
        return sink;
    }

    /** Brings the pool's answer to the event loop. */
    private final class Arrival implements LeaseListener {
        private boolean here;

        @Override
        public void granted(Lease lease) {
            if (state.loop().inEventLoop()) {
                here = true;
                Exchange.this.granted(lease);
            } else {
                state.loop().execute(() -> Exchange.this.granted(lease));
            }
        }

        @Override
        public void refused(FcgiException why) {
            if (state.loop().inEventLoop()) {
                here = true;
                Exchange.this.refused(why);
            } else {
                state.loop().execute(() -> Exchange.this.refused(why));
            }
        }
    }

    /** What an attempt reports. Each ends with exactly one of ended, substituted, unread, again, lost or failed. */
    final class Verdict {

        ResponseSink sink() {
            return sink;
        }

        /** The response is complete. */
        void ended() {
            finish();
            sink.end();
        }

        /** A local redirect or a file answers in place of the application. */
        void substituted(CgiResponse response) {
            finish();
            sink.head(response);
        }

        /** The worker never accepted the connection, so nobody has read the request. */
        void unread(FcgiException why) {
            if (++unread > MAX_UNREAD || !mayRepeat) {
                failed(why, false);
            } else {
                acquire(true);
            }
        }

        /** Whether {@link #again} may be said, as far as time and the worker are concerned. */
        boolean mayRunAgain(Lease lease) {
            return mayRepeat && isTimeLeft() && stopReason(lease).isEmpty();
        }

        private boolean isTimeLeft() {
            long quietNanos = state.pool().settings().quietTime().toNanos();
            return pauses == 0 || state.pool().now() - repeatedSinceNanos < quietNanos;
        }

        /** Files were changed while an idempotent request ran, and its answer may be due to half of one. */
        void again() {
            if (pauses == 0) {
                repeatedSinceNanos = state.pool().now();
            }
            FastCgiGateway.LOG.debug(
                    "{}: a request is run again, because files changed while it ran", request.processClass());
            attempt = null;
            pause();
        }

        private void pause() {
            long millis = 1L << Math.min(pauses++, LONGEST_PAUSE);
            state.loop().schedule(this::ask, millis, TimeUnit.MILLISECONDS);
        }

        /** While a file isn't whole, the answer would be no better. */
        private void ask() {
            if (over) {
                return;
            }
            if (isTimeLeft() && !state.pool().filesAreWhole(request.processClass())) {
                pause();
            } else {
                acquire(true);
            }
        }

        /** The worker was lost before it answered a byte, but it may have read the request. */
        void lost(Lease lease, @Nullable Throwable cause) {
            boolean harmless =
                    mayRepeat && request.idempotent() && stopReason(lease).isEmpty();
            if (harmless && ++losses <= MAX_LOSSES) {
                acquire(true);
            } else {
                failed(explain(lease, cause), false);
            }
        }

        /** The request failed; {@code committed} when the client has got the head already. */
        void failed(FcgiException why, boolean committed) {
            finish();
            if (committed) {
                FastCgiGateway.LOG.warn("response cut: {}", why.getMessage());
                sink.cut();
            } else {
                sink.fail(FailureResponse.of(why));
            }
        }

        FcgiException explain(Lease lease, @Nullable Throwable cause) {
            if (cause instanceof FcgiException known) {
                return known;
            }
            Optional<RetireReason> stopped = stopReason(lease);
            if (stopped.filter(reason -> reason == RetireReason.BUSY_TIMEOUT).isPresent()) {
                return new WorkerTimeoutException(lease + " was stopped: " + stopped.get()
                        + ". Raise FcgidBusyTimeout if requests may take that long");
            }
            String how = cause instanceof IOException ? " (" + cause.getMessage() + ")" : "";
            return new WorkerLostException(lease + " closed the connection before the end of its response"
                    + how
                    + stopped.map(reason -> "; it was stopped: " + reason).orElse("")
                    + ". Look at its log; a script must not exit in the middle of a request");
        }

        private Optional<RetireReason> stopReason(Lease lease) {
            return lease.retireReason()
                    .filter(reason -> reason == RetireReason.BUSY_TIMEOUT || reason == RetireReason.SHUTDOWN);
        }
    }
}
