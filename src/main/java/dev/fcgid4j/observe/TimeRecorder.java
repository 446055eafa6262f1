/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The live side of a {@link TimeHistogram}.
 *
 * <p>Threading: one writer at a time; any reader.
 */
final class TimeRecorder {

    private static final int TOTAL = TimeHistogram.BUCKETS;

    /** The buckets, then the sum of all times in nanoseconds. */
    private final AtomicLongArray counters = new AtomicLongArray(TimeHistogram.BUCKETS + 1);

    /** Records a time; a negative one counts as zero. */
    void record(long nanos) {
        long time = Math.max(0, nanos);
        add(TimeHistogram.bucketOf(time), 1);
        add(TOTAL, time);
    }

    private void add(int counter, long amount) {
        counters.setRelease(counter, counters.getPlain(counter) + amount);
    }

    TimeHistogram read() {
        long totalNanos = counters.getAcquire(TOTAL);
        List<Long> counts = new ArrayList<>(TimeHistogram.BUCKETS);
        for (int i = 0; i < TimeHistogram.BUCKETS; i++) {
            counts.add(counters.getAcquire(i));
        }
        return new TimeHistogram(counts, totalNanos);
    }
}
