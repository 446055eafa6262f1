/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How fast a line of waiting requests moves: requests that got a worker over the time in which requests waited. Older times
 * count less and less; times in which no request waited do not count.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class LineSpeed {

    /** When so much time was observed, the past is halved. */
    private static final double SPAN_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** A line that has not moved for so long is known to be slow. */
    private static final double ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private double moved;
    private double observedNanos;
    private boolean waiting;
    private long sinceNanos;

    /** A request that waited gets a worker. */
    void moved() {
        moved++;
    }

    /** Whether requests wait from now on. To be called at the end of each decision. */
    void observe(boolean anyWaiting, long nowNanos) {
        if (waiting) {
            observedNanos += nowNanos - sinceNanos;
            if (observedNanos > SPAN_NANOS) {
                observedNanos /= 2;
                moved /= 2;
            }
        }
        waiting = anyWaiting;
        sinceNanos = nowNanos;
    }

    /** The time in which so many requests get a worker; zero if it is not known. */
    Duration timeFor(int requests, long nowNanos) {
        observe(waiting, nowNanos);
        if (moved == 0 && observedNanos < ENOUGH_NANOS) {
            return Duration.ZERO;
        }
        return Duration.ofNanos((long) (requests * observedNanos / Math.max(1, moved)));
    }
}
