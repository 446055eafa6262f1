/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.limits.BlockingCall;
import dev.fcgid4j.pool.AcquireOptions;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.LeaseListener;
import dev.fcgid4j.pool.Outcome;
import dev.fcgid4j.pool.WorkerPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request, from the wait for a worker to the end of its response. If an {@link Attempt} fails, and the {@link
 * RetryPolicy} permits it, the request is run again on another worker.
 *
 * <p>Threading: belongs to the event loop that it was started on. The pool may answer on any thread; the answer moves to
 * that loop.
 *
 * <p>Ownership: the body is closed at the end of the exchange; each lease is released.
 */
final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final EventLoopContext context;
    private final ExchangeRequest request;
    private final ExchangeParts parts;
    private final Events events = new Events();
    private @Nullable Attempt attempt;
    private WorkerPool.@Nullable Ticket ticket;
    private long sinceNanos;
    private int asked; // how often the pool was asked for a worker
    private int answered; // how often it has answered
    private boolean over;

    Exchange(EventLoopContext context, ExchangeRequest request, ResponseSink sink) {
        this(context, request, sink, true);
    }

    private Exchange(EventLoopContext context, ExchangeRequest request, ResponseSink sink, boolean mayChangeWorker) {
        this.context = requireNonNull(context, "context");
        this.request = requireNonNull(request, "request");
        this.parts = new ExchangeParts(
                context,
                request,
                requireNonNull(sink, "sink"),
                new RetryPolicy(mayChangeWorker, request.idempotent()),
                events);
    }

    /** Runs a request on one particular worker and no other. Call on the event loop. */
    static void on(Lease lease, EventLoopContext context, ExchangeRequest request, ResponseSink sink) {
        new Exchange(context, request, sink, false).attempt(lease);
    }

    void start() {
        sinceNanos = context.now();
        acquire(false);
    }

    /** The sink takes more. Call on the event loop. */
    void resume() {
        Attempt current = attempt;
        if (current != null) {
            current.resume();
        }
    }

    /**
     * The client has disconnected. The sink is not called any more; the worker is released when its response ends. Call on
     * the event loop; harmless after the end.
     */
    void cancel() {
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

    /**
     * Asks the pool for a worker.
     *
     * @param first whether the request goes to the head of the line, because it was in line before
     */
    private void acquire(boolean first) {
        attempt = null;
        ticket = null;
        int call = ++asked;
        WorkerPool.Ticket place = context.pool()
                .acquire(request.processClass(), new AcquireOptions(context.loop(), first, sinceNanos), events);
        if (answered < call) {
            ticket = place;
        }
    }

    private void attempt(Lease lease) {
        answered++;
        ticket = null;
        if (over) {
            lease.release(Outcome.UNUSED);
            return;
        }
        Attempt next = new Attempt(parts, lease);
        attempt = next;
        next.start();
    }

    private void refuse(FcgiException why) {
        answered++;
        ticket = null;
        if (!over) {
            finish();
            parts.sink().fail(FailureResponse.of(why));
        }
    }

    private void fail(FcgiException why, boolean committed) {
        finish();
        if (committed) {
            LOG.warn("response cut: {}", why.getMessage());
            parts.sink().cut();
        } else {
            parts.sink().fail(FailureResponse.of(why));
        }
    }

    /** An aborted attempt reads no body any more, so the body can be closed. */
    private void finish() {
        over = true;
        attempt = null;
        ticket = null;
        request.body().close();
    }

    private void pause() {
        int millis = parts.retries().pauseMillis(context.now(), context.quietNanos());
        context.loop().schedule(this::repeatWhenFilesAreWhole, millis, TimeUnit.MILLISECONDS);
    }

    /** As long as a file is not whole, the response would be no better. */
    private void repeatWhenFilesAreWhole() {
        if (over) {
            return;
        }
        if (parts.retries().isTimeLeft(context.now())) {
            BlockingCall.start(
                    context.blocking(),
                    context.loop(),
                    () -> context.pool().filesAreWhole(request.processClass()),
                    new WholeFiles());
        } else {
            acquire(true);
        }
    }

    /** Repeats the request when its files are whole. */
    private final class WholeFiles implements BlockingCall.Receiver<Boolean> {

        @Override
        public void done(Boolean whole) {
            if (over) {
                return;
            }
            if (whole) {
                acquire(true);
            } else {
                pause();
            }
        }

        @Override
        public void failed(Throwable why) {
            if (!over) {
                acquire(true); // the response can't become better
            }
        }
    }

    /** What the pool and the attempts report. */
    private final class Events implements LeaseListener, AttemptListener {

        @Override
        public void granted(Lease lease) {
            if (context.loop().inEventLoop()) {
                attempt(lease);
            } else {
                try {
                    context.loop().execute(() -> attempt(lease));
                } catch (RejectedExecutionException e) {
                    lease.release(Outcome.UNUSED); // the loop has ended, and the client's connection with it
                }
            }
        }

        @Override
        public void refused(FcgiException why) {
            if (context.loop().inEventLoop()) {
                refuse(why);
            } else {
                try {
                    context.loop().execute(() -> refuse(why));
                } catch (RejectedExecutionException e) {
                    LOG.debug("no client waits for this refusal any more: {}", why.getMessage());
                }
            }
        }

        @Override
        public void completed() {
            finish();
            parts.sink().end();
        }

        @Override
        public void substituted(CgiResponse response) {
            finish();
            parts.sink().head(response);
        }

        @Override
        public void unread(FcgiException why) {
            if (parts.retries().repeatUnread()) {
                acquire(true);
            } else {
                fail(why, false);
            }
        }

        @Override
        public void lost(FcgiException why, boolean stopped) {
            if (parts.retries().repeatLost(stopped)) {
                acquire(true);
            } else {
                fail(why, false);
            }
        }

        @Override
        public void withheld() {
            LOG.debug("{}: a request is run again, because files changed while it ran", request.processClass());
            attempt = null;
            pause();
        }

        @Override
        public void failed(FcgiException why, boolean committed) {
            fail(why, committed);
        }
    }
}
