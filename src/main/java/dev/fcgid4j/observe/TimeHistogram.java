/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How often a time was how long, in {@value #BUCKETS} buckets whose bounds double: below 1 µs, below 2 µs, below 4 µs …
 * The last bucket has no bound; it begins at 2 to the power of {@value #LAST_POWER} µs, which is about 18 minutes.
 * Immutable.
 *
 * @param counts one number for each bucket, the shortest times first
 * @param totalNanos the sum of all times
 */
public record TimeHistogram(List<Long> counts, long totalNanos) {

    /** The number of buckets. */
    public static final int BUCKETS = 32;

    private static final int LAST_POWER = BUCKETS - 2;
    private static final long UNIT_NANOS = TimeUnit.MICROSECONDS.toNanos(1);

    public TimeHistogram {
        counts = List.copyOf(counts);
        if (counts.size() != BUCKETS) {
            throw new IllegalArgumentException(counts.size() + " buckets: expected " + BUCKETS);
        }
    }

    /** The bucket of a time that is not negative. */
    static int bucketOf(long nanos) {
        int power = Long.SIZE - Long.numberOfLeadingZeros(nanos / UNIT_NANOS);
        return Math.min(power, BUCKETS - 1);
    }

    /** The upper bound of a bucket, which its times are below; for the last one its lower bound. */
    public static Duration bound(int bucket) {
        return Duration.ofNanos(UNIT_NANOS << Math.min(bucket, LAST_POWER));
    }

    /** The number of times. */
    public long count() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /** The average; zero if there are no times. */
    public Duration mean() {
        long count = count();
        return count == 0 ? Duration.ZERO : Duration.ofNanos(totalNanos / count);
    }

    /**
     * A time that a share of all times is below, no more than twice the exact one: the bound of its bucket. Zero if there
     * are no times.
     *
     * @param share from 0 to 1, such as 0.99
     */
    public Duration quantile(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share is " + share + ": expected 0 to 1");
        }
        long wanted = (long) Math.ceil(share * count());
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts.get(i);
            if (seen >= wanted && seen > 0) {
                return bound(i);
            }
        }
        return Duration.ZERO;
    }
}
