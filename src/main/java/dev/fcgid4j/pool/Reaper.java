/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.limits.EnduringLoop;
import dev.fcgid4j.observe.FcgiEvent;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Sweeps a pool in time: one daemon thread that sleeps until the next deadline.
 *
 * <p>Threading: the thread does nothing but sweep, and survives whatever a sweep throws; {@link #close} ends it.
 */
public final class Reaper implements AutoCloseable {

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final WorkerPool pool;
    private final EnduringLoop loop;
    private final AtomicLong dueNanos;

    /** Starts a reaper for a pool. */
    public static Reaper start(WorkerPool pool) {
        Reaper reaper = new Reaper(pool);
        pool.onAlarm(reaper::sweepAt);
        reaper.loop.start();
        return reaper;
    }

    private Reaper(WorkerPool pool) {
        this.pool = pool;
        this.dueNanos = new AtomicLong(now());
        this.loop = new EnduringLoop("fcgid4j-reaper", "a sweep of the pool", this::pass);
    }

    @Override
    public void close() {
        loop.close();
    }

    /** Whether the thread has ended although it was not closed: no limit holds any more. */
    public boolean isDead() {
        return loop.isDead();
    }

    private void sweepAt(long whenNanos) {
        long known = dueNanos.get();
        while (whenNanos - known < 0) {
            if (dueNanos.compareAndSet(known, whenNanos)) {
                loop.unpark();
                return;
            }
            known = dueNanos.get();
        }
    }

    private void pass() {
        long wait = dueNanos.get() - now();
        if (wait > 0) {
            LockSupport.parkNanos(this, wait);
            return;
        }
        // An alarm during the sweep must win over the time that the sweep returns, so the due time is set first.
        dueNanos.set(now() + Long.MAX_VALUE / 4);
        long nextNanos = now() + RETRY_NANOS; // if the sweep fails, with whatever
        try {
            nextNanos = pool.sweep(now());
        } catch (RuntimeException e) {
            pool.report(
                    new FcgiEvent.InternalFailure("", "a sweep of the pool failed; the next follows in a second", e));
        } finally {
            sweepAt(nextNanos);
        }
    }

    private long now() {
        return pool.now();
    }
}
