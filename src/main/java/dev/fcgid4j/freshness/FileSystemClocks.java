/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.watch.FileStamp;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What time it is, at least, by each file system's own clock. A file server's clock may be hours off this host's, and a
 * host's time of day may be set; so a change time is compared with nothing but change times of the same file system.
 *
 * <p>A file that is there now with change time {@code c} proves that its file system's clock shows {@code c} or more now,
 * and that it showed so much less, or will show so much more, at other moments of this host's monotonic clock. Clocks run
 * differently, so a thousandth of the time between is given away. The best such proof of each file system is kept. Where
 * a file was made by ourselves a moment ago the clock is known, and nothing else counts. A file system whose clock has
 * been seen to go back proves nothing any more.
 *
 * <p>Threading: any thread.
 */
final class FileSystemClocks {

    /** The longest tick of a kernel's clock for files, and what servers of files make of it. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long COARSE_TICK_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long COARSE = TimeUnit.SECONDS.toNanos(1);
    private static final long GIVEN_AWAY = 1000;

    private final Map<Long, Reading> readings = new ConcurrentHashMap<>();

    /**
     * What one file's stamp told.
     *
     * @param shownNanos what the clock showed then, at least
     * @param atNanos when, by this host's monotonic clock
     */
    private record Reading(long shownNanos, long atNanos, Worth worth) {

        long shows(long nanos) {
            long between = nanos - atNanos;
            return shownNanos + between - Math.abs(between) / GIVEN_AWAY;
        }
    }

    private enum Worth {
        AT_LEAST,
        EXACT,
        NOTHING
    }

    /** A file was there with this stamp at this moment. */
    void seen(FileStamp stamp, long nowNanos) {
        if (stamp.inode() == 0) {
            return; // it is missing
        }
        Reading fresh = new Reading(stamp.changedNanos(), nowNanos, Worth.AT_LEAST);
        readings.merge(
                stamp.device(),
                fresh,
                (known, now) ->
                        known.worth() == Worth.AT_LEAST && known.shows(nowNanos) < now.shownNanos() ? now : known);
    }

    /** We have just made this file ourselves. */
    void made(FileStamp stamp, long nowNanos) {
        if (stamp.inode() != 0) {
            readings.put(stamp.device(), new Reading(stamp.changedNanos(), nowNanos, Worth.EXACT));
        }
    }

    /** A file was changed to this stamp after this moment. */
    void changedAfter(FileStamp stamp, long nanos) {
        Reading known = readings.get(stamp.device());
        if (known != null
                && known.worth() == Worth.AT_LEAST
                && stamp.changedNanos() + tick(stamp) < known.shows(nanos)) {
            readings.put(stamp.device(), new Reading(0, nanos, Worth.NOTHING));
        }
    }

    /** Whether a file's last change was over for certain at this moment, so that every later one leaves another stamp. */
    boolean wasOver(FileStamp stamp, long nanos) {
        Reading known = readings.get(stamp.device());
        return known != null
                && known.worth() != Worth.NOTHING
                && stamp.changedNanos() + tick(stamp) < known.shows(nanos);
    }

    private static long tick(FileStamp stamp) {
        return stamp.changedNanos() % COARSE == 0 ? COARSE_TICK_NANOS : TICK_NANOS;
    }
}
