/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limit over all classes (FcgidMaxProcesses): permits, one for each process from the decision to start it until it
 * has been reaped.
 *
 * <p>Threading: any thread; no lock.
 */
final class ProcessBudget {

    private final int permits;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger wanting = new AtomicInteger();
    private final AtomicInteger starving = new AtomicInteger();

    ProcessBudget(int permits) {
        this.permits = permits;
    }

    /** Takes a permit if one is left. */
    boolean tryAcquire() {
        int now = taken.get();
        while (now < permits) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
            now = taken.get();
        }
        return false;
    }

    /** Gives a permit back. */
    void release() {
        int left = taken.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("more permits released than taken");
        }
    }

    /** Permits taken. */
    int taken() {
        return taken.get();
    }

    /** Permits in all. */
    int permits() {
        return permits;
    }

    /** Notes that one more, or one less, group has requests in line but not a single process. */
    void starving(boolean oneMore) {
        starving.addAndGet(oneMore ? 1 : -1);
    }

    /** Notes that one more, or one less, group has requests in line and was refused a permit. */
    void wanting(boolean oneMore) {
        wanting.addAndGet(oneMore ? 1 : -1);
    }

    /** Whether some group has requests in line and no permit to be had. */
    boolean anyWanting() {
        return wanting.get() > 0;
    }

    /** Whether some group has requests in line, not a single process, and no permit to be had. */
    boolean anyStarving() {
        return starving.get() > 0;
    }
}
