/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.observe.FcgiEvent;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sweeps a pool in time: one daemon thread that sleeps until the next deadline.
 *
 * <p>Threading: the thread does nothing but sweep; {@link #close} ends it.
 */
public final class Reaper implements AutoCloseable {

    private final WorkerPool pool;
    private final Thread thread;
    private final AtomicLong dueNanos;
    private volatile boolean closed;

    /** Starts a reaper for a pool. */
    public static Reaper start(WorkerPool pool) {
        Reaper reaper = new Reaper(pool);
        pool.onAlarm(reaper::sweepAt);
        reaper.thread.start();
        return reaper;
    }

    private Reaper(WorkerPool pool) {
        this.pool = pool;
        this.dueNanos = new AtomicLong(now());
        this.thread = new Thread(this::run, "fcgid4j-reaper");
        this.thread.setDaemon(true);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void sweepAt(long whenNanos) {
        long known = dueNanos.get();
        while (whenNanos - known < 0) {
            if (dueNanos.compareAndSet(known, whenNanos)) {
                LockSupport.unpark(thread);
                return;
            }
            known = dueNanos.get();
        }
    }

    private void run() {
        while (!closed) {
            long wait = dueNanos.get() - now();
            if (wait > 0) {
                LockSupport.parkNanos(this, wait);
                continue;
            }
            // An alarm during the sweep must win over the time that the sweep returns, so the due time is set first.
            dueNanos.set(now() + Long.MAX_VALUE / 4);
            try {
                sweepAt(pool.sweep(now()));
            } catch (RuntimeException e) {
                pool.report(new FcgiEvent.InternalFailure(
                        "", "a sweep of the pool failed; the next follows in a second", e));
                sweepAt(now() + 1_000_000_000L);
            }
        }
    }

    private long now() {
        return pool.now();
    }
}
