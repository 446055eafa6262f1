/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.watch.FileStamp;
import java.util.concurrent.TimeUnit;

/**
 * Whether a file is still what a process has loaded.
 *
 * <p>A stamp (size, inode, modification and change time) that differs tells of another version. One that is the same
 * proves little: two changes within one tick of the file system's clock leave the same stamp, and that clock is not this
 * host's. So, for a process that has read the file at some moment:
 *
 * <ol>
 *   <li>another stamp than the reported one: another version;
 *   <li>a reported hash of the content: the content decides;
 *   <li>the change was over at that moment by the file system's own clock ({@link FileSystemClocks}): the same version;
 *   <li>the file was watched at that moment and no change of it was told of since: the same version;
 *   <li>the kernel tells of the file's changes, so that its stamps are by this host's clock, and the reporter found the
 *       change older than a tick: the same version;
 *   <li>otherwise nobody knows: the process goes. As the file is watched by then, the next process falls under 4; so this
 *       ends one process for a file, and never one after the other.
 * </ol>
 *
 * <p>For a process that has only named the file, at any moment since its start, 3 and 4 count from its start. As it may
 * have read another file on another way, a symbolic link on the way counts as the file does; and once a change is told
 * of, the process goes.
 *
 * <p>Threading: any thread that may block.
 */
final class VersionCheck {

    private static final long TICK_NANOS = LibC.fileClockTickNanos();
    private static final long COARSE_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Languages give times as floating point numbers of seconds. */
    private static final long ROUNDING_NANOS = 1_000;

    private final FileSystemView facts;
    private final FileSystemClocks clocks;

    VersionCheck(FileSystemView facts, FileSystemClocks clocks) {
        this.facts = facts;
        this.clocks = clocks;
    }

    /** What the file is like now, as far as it matters for one that was loaded so. */
    FileStamp look(LoadedFile then, long nowNanos) {
        FileStamp now = facts.stamp(then.path());
        clocks.seen(now, nowNanos);
        return then.isNameOnly() ? facts.stampWithWay(then.path()) : now;
    }

    /** Whether it is the version that was loaded. */
    boolean isCurrent(TrackedFile file, TrackedFile.Load load, FileStamp now) {
        LoadedFile then = load.file();
        if (!then.isNameOnly()) {
            if (differ(then, now)) {
                return false;
            }
            if (!then.content().isEmpty()) {
                return then.content().equals(facts.content(then.path()));
            }
        }
        return clocks.wasOver(now, load.readNanos())
                || (!then.isNameOnly() && file.isImmediate() && wasOlderThanATick(then))
                || file.isUntouchedSince(load.readNanos());
    }

    /** Whether it is the version that was loaded, although a change of it was told of. */
    boolean isStillCurrent(TrackedFile file, TrackedFile.Load load, FileStamp now) {
        LoadedFile then = load.file();
        if (then.isNameOnly()) {
            return false;
        }
        if (then.inode() == now.inode() && differ(then, now)) {
            clocks.changedAfter(now, load.readNanos());
        }
        return isCurrent(file, load, now);
    }

    private static boolean wasOlderThanATick(LoadedFile then) {
        return then.reportedNanos() - then.changedNanos() > (then.isCoarse() ? COARSE_TICK_NANOS : TICK_NANOS);
    }

    private static boolean differ(LoadedFile then, FileStamp now) {
        return now.size() != then.size()
                || now.inode() != then.inode()
                || !near(now.modifiedNanos(), then.modifiedNanos(), then.isCoarse())
                || !near(now.changedNanos(), then.changedNanos(), then.isCoarse());
    }

    private static boolean near(long now, long then, boolean coarse) {
        return coarse
                ? Math.floorDiv(now, COARSE_TICK_NANOS) == Math.floorDiv(then, COARSE_TICK_NANOS)
                : Math.abs(now - then) < ROUNDING_NANOS;
    }
}
