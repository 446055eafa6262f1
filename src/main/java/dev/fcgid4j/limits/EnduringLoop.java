/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon thread of a part that everything else needs. It repeats one pass until it is closed, and survives whatever a
 * pass throws, an {@link OutOfMemoryError} included: without it, no limit would hold any more, and nothing would say so.
 *
 * <p>Failure: one log line a minute, and a pause of {@value #PAUSE_MILLIS} ms, so that a fault that repeats costs little.
 *
 * <p>Threading: a pass runs on the thread alone; the other methods are for any thread.
 */
public final class EnduringLoop implements AutoCloseable {

    /** One pass: returns when there is nothing to do now, after it has waited for more. */
    @FunctionalInterface
    public interface Pass {
        void run() throws Exception;
    }

    private static final Logger LOG = LoggerFactory.getLogger(EnduringLoop.class);
    private static final int PAUSE_MILLIS = 50;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);

    private final String activity;
    private final Pass pass;
    private final BooleanSupplier ended;
    private final LogLimiter limiter = new LogLimiter();
    private final Thread thread;
    private volatile boolean started;
    private volatile boolean closed;
    private volatile boolean finished;

    /**
     * Creates a loop, which {@link #start} starts.
     *
     * @param name of the thread
     * @param activity what it does, for the log line of a failure: such as {@code watching files}
     */
    public EnduringLoop(String name, String activity, Pass pass) {
        this(name, activity, pass, () -> false);
    }

    /**
     * Creates a loop that ends by itself too.
     *
     * @param ended asked before each pass, on the thread
     */
    public EnduringLoop(String name, String activity, Pass pass, BooleanSupplier ended) {
        this.activity = requireNonNull(activity, "activity");
        this.pass = requireNonNull(pass, "pass");
        this.ended = requireNonNull(ended, "ended");
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
        started = true;
    }

    private void run() {
        while (!closed) {
            try {
                if (ended.getAsBoolean()) {
                    finished = true;
                    return;
                }
                pass.run();
            } catch (Throwable e) {
                failed(e);
            }
        }
    }

    private void failed(Throwable why) {
        try {
            if (limiter.permits(why.getClass().getName())) {
                LOG.error("{} failed; the thread {} continues", activity, thread.getName(), why);
            }
        } catch (Throwable again) {
            // no memory for a line; the next failure may have some
        }
        LockSupport.parkNanos(this, PAUSE_NANOS);
    }

    /** Ends the wait of a pass that waits by {@link LockSupport}. */
    public void unpark() {
        LockSupport.unpark(thread);
    }

    /** Returns whether the thread has ended although it was not closed. */
    public boolean isDead() {
        return started && !closed && !finished && !thread.isAlive();
    }

    /** Returns whether the thread runs. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    /** Waits until the thread has ended by itself. */
    public void join() throws InterruptedException {
        thread.join();
    }

    /** Ends the thread after the pass that runs. Returns at once. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
