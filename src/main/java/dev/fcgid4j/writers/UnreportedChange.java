/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.posix.Writers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a file is being changed, and no event has reported that yet.
 *
 * <h2>The gap</h2>
 *
 * The kernel truncates or removes a file before it queues the event. On ext4 a truncation may wait for the disk in between.
 * But the kernel counts a writer before it truncates the file, and until after it has queued the event of the close.
 *
 * <h2>The decision</h2>
 *
 * <ul>
 *   <li>A file that looks as before, and is not young, was not changed.
 *   <li>A file with a writer is being changed.
 *   <li>Any other change has been reported already.
 *   <li>If the kernel can't name the writers of a file, a file that looks different is being changed.
 * </ul>
 *
 * A change is found for no longer than the quiet time while the file looks the same. A writer that only keeps the file open,
 * and a file that was removed without an event, are no reason to wait.
 *
 * <p>Threading: any thread. Reads the disk.
 */
final class UnreportedChange {

    private static final long YOUNG_MILLIS = TimeUnit.SECONDS.toMillis(1); // longer than a tick of Linux's file systems

    private final Path file;
    private final long quietNanos;
    private final LongSupplier nanoTime;
    private final LongSupplier wallMillis;
    private final AtomicReference<State> state = new AtomicReference<>(new State(null, false, null, 0));

    /**
     * What is known of the file.
     *
     * @param whole its stamp when no writer was changing it; null if a change was reported since
     * @param wasThere whether it existed then, or before that report
     * @param found its stamp when a change was found; null if none was
     * @param foundNanos when that stamp was found first
     */
    private record State(
            @Nullable Stamp whole,
            boolean wasThere,
            @Nullable Stamp found,
            long foundNanos) {}

    /** What a check sees of a file; a size of -1 if there is no file. */
    private record Stamp(
            long size, FileTime modified, @Nullable Object key, boolean regular) {

        private static final Stamp MISSING = new Stamp(-1, FileTime.fromMillis(0), null, false);

        boolean isThere() {
            return size >= 0;
        }
    }

    /**
     * Creates one that knows nothing of its file until {@link #begin}.
     *
     * @param quietNanos how long a writer may pause
     * @param nanoTime the clock; compared by subtraction
     * @param wallMillis the clock of the file system's times
     */
    UnreportedChange(Path file, long quietNanos, LongSupplier nanoTime, LongSupplier wallMillis) {
        this.file = requireNonNull(file, "file");
        this.quietNanos = quietNanos;
        this.nanoTime = nanoTime;
        this.wallMillis = wallMillis;
    }

    /** The file is watched from now on: reads its stamp. */
    void begin() {
        State before = state.get();
        Stamp now = read();
        // An empty file may have been truncated just now: the kernel sets the time after the size.
        boolean perhapsHalf = now != null && now.regular() && (now.size() == 0 || isYoung(now));
        if (now != null && !(perhapsHalf && Writers.of(file.toString()) != Writers.Known.NONE)) {
            state.compareAndSet(before, new State(now, now.isThere(), null, 0));
        }
    }

    /** A change of the file or of its path was reported: the stamp of before counts no more. */
    void reported() {
        state.updateAndGet(before -> new State(null, before.wasThere(), null, 0));
    }

    /** Returns whether the file is being changed. */
    boolean isFound() {
        State before = state.get();
        Stamp now = read();
        if (now == null || (now.equals(before.whole()) && !(now.regular() && isYoung(now)))) {
            return false;
        }
        boolean found = isBeingChanged(before, now);
        State after = new State(now, now.isThere(), null, 0);
        if (found) {
            long nanos = nanoTime.getAsLong();
            long since = now.equals(before.found()) ? before.foundNanos() : nanos;
            found = nanos - since < quietNanos;
            if (found) {
                after = new State(before.whole(), before.wasThere(), now, since);
            }
        }
        state.compareAndSet(before, after); // a report meanwhile takes precedence
        return found;
    }

    private boolean isBeingChanged(State before, Stamp now) {
        if (!now.isThere()) {
            return before.wasThere();
        }
        return now.regular()
                && switch (Writers.of(file.toString())) {
                    case SOME -> true;
                    case NONE -> false;
                    case UNKNOWN -> before.whole() != null && !now.equals(before.whole());
                };
    }

    private boolean isYoung(Stamp stamp) {
        return Math.abs(wallMillis.getAsLong() - stamp.modified().toMillis()) < YOUNG_MILLIS;
    }

    /** The file's stamp; null if it can't be read. */
    private @Nullable Stamp read() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(now.size(), now.lastModifiedTime(), now.fileKey(), now.isRegularFile());
        } catch (NoSuchFileException e) {
            return Stamp.MISSING;
        } catch (IOException e) {
            return null; // no permission, or a file where a directory is expected
        }
    }
}
