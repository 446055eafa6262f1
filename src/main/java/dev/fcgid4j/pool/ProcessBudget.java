/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limit over all classes (FcgidMaxProcesses). A process holds one permit from the decision to start it until it has
 * been reaped.
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
        return taken.getAndUpdate(now -> Math.min(now + 1, permits)) < permits;
    }

    /** Gives a permit back. */
    void release() {
        int left = taken.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("more permits released than taken");
        }
    }

    /** The number of permits taken. */
    int taken() {
        return taken.get();
    }

    /** The number of all permits. */
    int permits() {
        return permits;
    }

    /** Counts one more, or one less, class that wants a permit, got none, and has not a single process. */
    void starving(boolean oneMore) {
        starving.addAndGet(oneMore ? 1 : -1);
    }

    /** Counts one more, or one less, class that wants a permit and got none. */
    void wanting(boolean oneMore) {
        wanting.addAndGet(oneMore ? 1 : -1);
    }

    /** Whether some class wants a permit and got none. */
    boolean anyWanting() {
        return wanting.get() > 0;
    }

    /** Whether some class wants a permit, got none, and has not a single process. */
    boolean anyStarving() {
        return starving.get() > 0;
    }
}
