/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread that checks the deadlines of {@link BlockingExecutor}s four times a second.
 *
 * <p>Threading: the thread does nothing else, and survives whatever a check throws; {@link #close} ends it.
 */
public final class DeadlineMonitor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeadlineMonitor.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final List<BlockingExecutor> executors;
    private final LogLimiter limiter = new LogLimiter();
    private final Thread thread;
    private volatile boolean closed;

    private DeadlineMonitor(List<BlockingExecutor> executors) {
        this.executors = List.copyOf(executors);
        this.thread = new Thread(this::run, "fcgid4j-deadlines");
        this.thread.setDaemon(true);
    }

    /** Starts the thread. */
    public static DeadlineMonitor start(List<BlockingExecutor> executors) {
        DeadlineMonitor monitor = new DeadlineMonitor(executors);
        monitor.thread.start();
        return monitor;
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            for (BlockingExecutor each : executors) {
                try {
                    each.check();
                } catch (Throwable e) {
                    failed(e);
                }
            }
        }
    }

    private void failed(Throwable why) {
        try {
            if (limiter.permits(why.getClass().getName())) {
                LOG.error("checking the deadlines of blocking tasks failed; the thread continues", why);
            }
        } catch (Throwable again) {
            // no memory for a line
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
