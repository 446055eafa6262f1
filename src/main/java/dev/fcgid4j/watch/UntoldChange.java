/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.posix.Writers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody is changing a file whom the kernel has not told of yet. It makes a file empty, or takes it away, before
 * it queues the event; on ext4 a truncation may wait for the disk in between. Who has the file open for writing is known
 * to it all that time (open counts the writer, then truncates, then tells), and until after it has told of the close.
 *
 * <p>So: a file that looks as it did, and not young, wasn't changed; one with a writer is being changed; any other change
 * has been told of by now.
 *
 * <p>Threading: any thread.
 */
final class UntoldChange {

    private static final long YOUNG_MILLIS = TimeUnit.SECONDS.toMillis(1); // above the tick of any local file system

    private final Path file;
    private volatile @Nullable Look before; // null: told of something since the last look

    /** What a file looks like; a size of -1 when it isn't there. */
    private record Look(
            long size, FileTime modified, @Nullable Object key) {

        private static final Look MISSING = new Look(-1, FileTime.fromMillis(0), null);

        static Look at(Path file) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                return new Look(now.size(), now.lastModifiedTime(), now.fileKey());
            } catch (IOException e) {
                return MISSING;
            }
        }

        boolean isThere() {
            return size >= 0;
        }

        boolean isYoung() {
            return Math.abs(System.currentTimeMillis() - modified.toMillis()) < YOUNG_MILLIS;
        }
    }

    UntoldChange(Path file) {
        this.file = file;
    }

    /** Something was told of the file, or the way to it: what it looked like before doesn't count any more. */
    void told() {
        before = null;
    }

    /** Looks. Reads the disk. */
    boolean isFound() {
        Look known = before;
        Look now = Look.at(file);
        if (now.equals(known) && !now.isYoung()) {
            return false;
        }
        boolean found = now.isThere() ? Writers.hasAny(file.toString()) : known != null && known.isThere();
        if (!found) {
            before = now;
        }
        return found;
    }
}
