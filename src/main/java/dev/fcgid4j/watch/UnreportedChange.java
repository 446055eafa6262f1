/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

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
 * Whether somebody is changing a file whom the kernel has not told of yet. It makes a file empty, or takes it away, before
 * it queues the event; on ext4 a truncation may wait for the disk in between. Who has the file open for writing is known
 * to it all that time (open counts the writer, then truncates, then tells), and until after it has told of the close.
 *
 * <p>So: a file that looks as it did, and not young, wasn't changed; one with a writer is being changed; any other change
 * has been told of by now. Where nobody can tell who writes a file, one that looks other than it did is being changed.
 *
 * <p>Nobody is found for longer than the quiet time while the file looks the same: a writer who only keeps it open, or a
 * file that went away without an event, is no reason to wait.
 *
 * <p>Threading: any thread. Reads the disk.
 */
final class UnreportedChange {

    private static final long YOUNG_MILLIS = TimeUnit.SECONDS.toMillis(1); // above the tick of Linux's file systems

    private final Path file;
    private final long quietNanos;
    private final LongSupplier nanoTime;
    private final LongSupplier wallMillis;
    private final AtomicReference<State> state = new AtomicReference<>(new State(null, false, null, 0));

    /**
     * What is known.
     *
     * @param whole how it looked when nobody was changing it; null if something was told of it since
     * @param wasThere whether it was there then, or before that was told
     * @param found how it looked when somebody was found; null if nobody was
     * @param foundNanos when it was first found to look so
     */
    private record State(
            @Nullable Look whole,
            boolean wasThere,
            @Nullable Look found,
            long foundNanos) {}

    /** What a file looks like; a size of -1 when it isn't there. */
    private record Look(
            long size, FileTime modified, @Nullable Object key, boolean regular) {

        private static final Look MISSING = new Look(-1, FileTime.fromMillis(0), null, false);

        boolean isThere() {
            return size >= 0;
        }
    }

    /**
     * Creates one that knows nothing of its file; {@link #begin} looks.
     *
     * @param quietNanos how long a writer may pause
     */
    UnreportedChange(Path file, long quietNanos, LongSupplier nanoTime, LongSupplier wallMillis) {
        this.file = requireNonNull(file, "file");
        this.quietNanos = quietNanos;
        this.nanoTime = nanoTime;
        this.wallMillis = wallMillis;
    }

    /** The file is watched from now on: looks how it is. */
    void begin() {
        State before = state.get();
        Look now = look();
        // One that is empty may have been made so just now, and its time isn't set yet.
        boolean perhapsHalf = now != null && now.regular() && (now.size() == 0 || isYoung(now));
        if (now != null && !(perhapsHalf && Writers.of(file.toString()) != Writers.Known.NONE)) {
            state.compareAndSet(before, new State(now, now.isThere(), null, 0));
        }
    }

    /** Something was told of the file, or the way to it: what it looked like before doesn't count any more. */
    void told() {
        state.updateAndGet(before -> new State(null, before.wasThere(), null, 0));
    }

    /** Looks whether somebody is changing it. */
    boolean isFound() {
        State before = state.get();
        Look now = look();
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
        state.compareAndSet(before, after); // what was told meanwhile counts more
        return found;
    }

    private boolean isBeingChanged(State before, Look now) {
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

    private boolean isYoung(Look look) {
        return Math.abs(wallMillis.getAsLong() - look.modified().toMillis()) < YOUNG_MILLIS;
    }

    /** Null when it can't be seen. */
    private @Nullable Look look() {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Look(now.size(), now.lastModifiedTime(), now.fileKey(), now.isRegularFile());
        } catch (NoSuchFileException e) {
            return Look.MISSING;
        } catch (IOException e) {
            return null; // no permission, or a file where a folder is expected
        }
    }
}
