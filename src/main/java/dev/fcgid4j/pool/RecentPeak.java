/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

/**
 * The largest of the values noted lately: all of the last span count, none that is older than two.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class RecentPeak {

    private final long spanNanos;
    private long beganNanos;
    private int current;
    private int previous;

    RecentPeak(long spanNanos, long nowNanos) {
        this.spanNanos = spanNanos;
        this.beganNanos = nowNanos;
    }

    void note(int value, long nowNanos) {
        turn(nowNanos);
        current = Math.max(current, value);
    }

    int read(long nowNanos) {
        turn(nowNanos);
        return Math.max(current, previous);
    }

    private void turn(long nowNanos) {
        long age = nowNanos - beganNanos;
        if (age >= 2 * spanNanos) {
            previous = 0;
            current = 0;
            beganNanos = nowNanos;
        } else if (age >= spanNanos) {
            previous = current;
            current = 0;
            beganNanos += spanNanos;
        }
    }
}
