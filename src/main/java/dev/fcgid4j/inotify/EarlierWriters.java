/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.posix.Writers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds writers that opened a file before it was watched, by asking the kernel ({@link Writers}).
 *
 * <h2>Why</h2>
 *
 * The kernel reports the beginning of a write only to those that watch the file already. It reports the end of the write,
 * if the path still leads through the directories that are watched; if it doesn't, that is reported. Two ends are not
 * reported: that of a writer that was just closing the file, and that of one that writes through another name of the file.
 * {@link WritesInProgress#openWrites} finds those.
 *
 * <p>Threading: any thread that may block. Takes the watcher's lock.
 */
final class EarlierWriters {

    private static final long CREATOR_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final long quietNanos;
    private final EventReader events;
    private final WatchTable table;
    private final WritesInProgress writes;

    EarlierWriters(Duration quietTime, EventReader events, WatchTable table, WritesInProgress writes) {
        this.quietNanos = quietTime.toNanos();
        this.events = events;
        this.table = table;
        this.writes = writes;
    }

    /** Notes the writer of a file that is watched now. Only a file that was changed within the quiet time can have one. */
    void find(Subscription subscription) {
        Path file = subscription.path();
        if (ageNanos(file) > quietNanos || !Files.isRegularFile(file)) {
            return;
        }
        awaitCreator(file);
        // In one piece, so that no thread reads the end of the write before the write is noted.
        events.afterDraining(() -> table.fileInterest(subscription)
                .filter(interest -> !subscription.isReported() && !writes.isEndless(file))
                .filter(interest -> Writers.of(file.toString()) == Writers.Known.SOME)
                .ifPresent(writes::foundOpen));
    }

    /**
     * Gives the creator of a new file the time to open it: a new file is in its directory, and reported, a moment before
     * its creator has it open for writing. Waits while the file is empty, and for 50 ms at most.
     */
    private static void awaitCreator(Path file) {
        long end = System.nanoTime() + CREATOR_NANOS;
        while (System.nanoTime() - end < 0 && ageNanos(file) < CREATOR_NANOS && isEmpty(file)) {
            LockSupport.parkNanos(file, CREATOR_NANOS / 50);
        }
    }

    private static boolean isEmpty(Path file) {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The time since the file's last change, by the host's clock; endless if there is no such file. */
    private static long ageNanos(Path file) {
        try {
            FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
            return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - changed.toMillis());
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
