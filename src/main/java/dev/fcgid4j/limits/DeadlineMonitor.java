/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One daemon thread that checks the deadlines of {@link BlockingExecutor}s four times a second.
 *
 * <p>Threading: the thread does nothing else; {@link #close} ends it.
 */
public final class DeadlineMonitor implements AutoCloseable {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final List<BlockingExecutor> executors;
    private final EnduringLoop loop;

    private DeadlineMonitor(List<BlockingExecutor> executors) {
        this.executors = List.copyOf(executors);
        this.loop = new EnduringLoop("fcgid4j-deadlines", "checking the deadlines of blocking tasks", this::pass);
    }

    /** Starts the thread. */
    public static DeadlineMonitor start(List<BlockingExecutor> executors) {
        DeadlineMonitor monitor = new DeadlineMonitor(executors);
        monitor.loop.start();
        return monitor;
    }

    private void pass() {
        LockSupport.parkNanos(this, TICK_NANOS);
        executors.forEach(BlockingExecutor::check);
    }

    /** Returns whether the thread has ended although it was not closed. */
    public boolean isDead() {
        return loop.isDead();
    }

    @Override
    public void close() {
        loop.close();
    }
}
