/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import java.util.function.LongSupplier;

/** A monotonic clock in nanoseconds that only a test moves. For one thread. */
public final class FakeClock implements LongSupplier {

    private final long nanosPerReading;
    private long nowNanos;

    private FakeClock(long startNanos, long nanosPerReading) {
        this.nowNanos = startNanos;
        this.nanosPerReading = nanosPerReading;
    }

    /** A clock that stands still between two calls of {@link #advance}. */
    public static FakeClock standing(long startNanos) {
        return new FakeClock(startNanos, 0);
    }

    /** A clock that moves on by one nanosecond with each reading, so that no two readings are equal. */
    public static FakeClock ticking(long startNanos) {
        return new FakeClock(startNanos, 1);
    }

    /** Reads the clock, as the code under test does. */
    @Override
    public long getAsLong() {
        long read = nowNanos;
        nowNanos += nanosPerReading;
        return read;
    }

    /** The time, without a reading. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Moves the clock on. */
    public void advance(long nanos) {
        nowNanos += nanos;
    }

    /** Sets the clock; never backwards. */
    public void moveTo(long nanos) {
        nowNanos = Math.max(nowNanos, nanos);
    }
}
