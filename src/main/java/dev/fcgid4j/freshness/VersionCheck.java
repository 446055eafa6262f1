/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.watch.FileStamp;
import java.util.concurrent.TimeUnit;

/**
 * Decides whether a file is still the version that a process has loaded.
 *
 * <h2>Why a stamp is not enough</h2>
 *
 * <p>A different stamp (size, inode, modification and change time) proves another version. An equal stamp proves little: two
 * changes within one tick of the file system's clock leave the same stamp, and that clock may not be this host's.
 *
 * <h2>The rules</h2>
 *
 * <p>The first rule that applies decides. <em>The read</em> is the moment at which the process read the file.
 *
 * <ol>
 *   <li>The stamp differs from the reported one: another version.
 *   <li>A hash of the content was reported: the same version if the content is the same.
 *   <li>The last change was over at the read, by the file system's own clock ({@link FileSystemClocks}): the same version.
 *   <li>The file was watched at the read and no change was reported since: the same version.
 *   <li>The kernel reports changes of the file, so this host's clock makes its stamps; and the reporter found the last change
 *       older than a tick: the same version.
 *   <li>Otherwise the version is unknown, and the process must go. The file is watched by then, so rule 4 applies to the
 *       next process. Therefore this rule ends at most one process for a file.
 * </ol>
 *
 * <h2>Files of which only the name is known</h2>
 *
 * <p>The process may have read the file at any moment since its start, so rules 3 and 4 use the start in place of the read.
 * The process may have read another file through another path, so a symbolic link on the path counts as the file does. After
 * a reported change the process must go.
 *
 * <p>Threading: any thread that may block.
 */
final class VersionCheck {

    private static final long TICK_NANOS = LibC.fileClockTickNanos();
    private static final long COARSE_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Languages report times as floating-point seconds. */
    private static final long ROUNDING_NANOS = 1_000;

    private final FileSystemView files;
    private final FileSystemClocks clocks;

    VersionCheck(FileSystemView files, FileSystemClocks clocks) {
        this.files = files;
        this.clocks = clocks;
    }

    /** Returns the present stamp of a loaded file. If only its name is known, the stamp covers its path too. */
    FileStamp present(LoadedFile loaded, long nowNanos) {
        FileStamp stamp = files.stamp(loaded.path());
        clocks.seen(stamp, nowNanos);
        return loaded.isNameOnly() ? files.stampWithWay(loaded.path()) : stamp;
    }

    /** Returns whether the present version is the loaded one. */
    boolean isCurrent(TrackedFile file, LoadedVersion version, FileStamp present) {
        LoadedFile loaded = version.file();
        if (!loaded.isNameOnly()) {
            if (differ(loaded, present)) {
                return false;
            }
            if (!loaded.content().isEmpty()) {
                return loaded.content().equals(files.content(loaded.path()));
            }
        }
        return clocks.wasOver(present, version.earliestReadNanos())
                || (!loaded.isNameOnly() && file.isImmediate() && wasOlderThanATick(loaded))
                || file.isUnchangedSince(version.earliestReadNanos());
    }

    /** Returns whether the present version is the loaded one although a change was reported. */
    boolean isStillCurrent(TrackedFile file, LoadedVersion version, FileStamp present) {
        LoadedFile loaded = version.file();
        if (loaded.isNameOnly()) {
            return false;
        }
        if (loaded.inode() == present.inode() && differ(loaded, present)) {
            clocks.changedAfter(present, version.earliestReadNanos());
        }
        return isCurrent(file, version, present);
    }

    private static boolean wasOlderThanATick(LoadedFile loaded) {
        return loaded.reportedNanos() - loaded.changedNanos() > (loaded.isCoarse() ? COARSE_TICK_NANOS : TICK_NANOS);
    }

    private static boolean differ(LoadedFile loaded, FileStamp present) {
        return present.size() != loaded.size()
                || present.inode() != loaded.inode()
                || !near(present.modifiedNanos(), loaded.modifiedNanos(), loaded.isCoarse())
                || !near(present.changedNanos(), loaded.changedNanos(), loaded.isCoarse());
    }

    private static boolean near(long present, long loaded, boolean coarse) {
        return coarse
                ? Math.floorDiv(present, COARSE_TICK_NANOS) == Math.floorDiv(loaded, COARSE_TICK_NANOS)
                : Math.abs(present - loaded) < ROUNDING_NANOS;
    }
}
