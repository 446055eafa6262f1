/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.watch.FileStamp;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Knows the earliest time that each file system's own clock can show.
 *
 * <h2>Why</h2>
 *
 * <p>The clock of a file server may differ from this host's by hours, and a host's time of day may be set. Therefore a change
 * time is compared only with change times of the same file system.
 *
 * <h2>How</h2>
 *
 * <p>A file that exists now with change time {@code c} proves that its file system's clock shows {@code c} or more now. The
 * clock showed accordingly less, or will show accordingly more, at other times of this host's monotonic clock. Clocks run at
 * different speeds, so a thousandth of the time between is subtracted. The best proof of each file system is kept.
 *
 * <h2>Exceptions</h2>
 *
 * <p>A file that this process has just created shows the clock's exact time; no later proof replaces it. A file system whose
 * clock was seen to go back proves nothing from then on.
 *
 * <p>Threading: any thread.
 */
final class FileSystemClocks {

    /** The longest tick of a kernel's clock for files, with a reserve for file servers. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long COARSE_TICK_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SUBTRACTED_PART = 1000;

    private final Map<Long, Reading> readings = new ConcurrentHashMap<>();

    /**
     * What one stamp proves about a clock.
     *
     * @param shownNanos the earliest time that the clock can have shown
     * @param atNanos the time of this host's monotonic clock at that moment
     */
    private record Reading(long shownNanos, long atNanos, Worth worth) {

        /** The earliest time that the clock can show at another time of this host's clock. */
        long shows(long nanos) {
            long between = nanos - atNanos;
            return shownNanos + between - Math.abs(between) / SUBTRACTED_PART;
        }
    }

    private enum Worth {
        AT_LEAST,
        EXACT,
        NOTHING
    }

    /** A file existed with this stamp at this time. */
    void seen(FileStamp stamp, long nowNanos) {
        if (stamp.inode() == 0) {
            return; // the file is missing
        }
        Reading fresh = new Reading(stamp.changedNanos(), nowNanos, Worth.AT_LEAST);
        readings.merge(
                stamp.device(),
                fresh,
                (known, now) ->
                        known.worth() == Worth.AT_LEAST && known.shows(nowNanos) < now.shownNanos() ? now : known);
    }

    /** This process has just created the file. */
    void made(FileStamp stamp, long nowNanos) {
        if (stamp.inode() != 0) {
            readings.put(stamp.device(), new Reading(stamp.changedNanos(), nowNanos, Worth.EXACT));
        }
    }

    /** A file got this stamp after this time. If the clock had shown more before, it has gone back. */
    void changedAfter(FileStamp stamp, long nanos) {
        Reading known = readings.get(stamp.device());
        if (known != null
                && known.worth() == Worth.AT_LEAST
                && stamp.changedNanos() + tick(stamp) < known.shows(nanos)) {
            readings.put(stamp.device(), new Reading(0, nanos, Worth.NOTHING));
        }
    }

    /** Returns whether a file's last change was certainly over then, so that each later change leaves another stamp. */
    boolean wasOver(FileStamp stamp, long nanos) {
        Reading known = readings.get(stamp.device());
        return known != null
                && known.worth() != Worth.NOTHING
                && stamp.changedNanos() + tick(stamp) < known.shows(nanos);
    }

    private static long tick(FileStamp stamp) {
        return stamp.changedNanos() % SECOND_NANOS == 0 ? COARSE_TICK_NANOS : TICK_NANOS;
    }
}
