/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.posix.Writers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The files that are being written in place, and when each counts as complete.
 *
 * <h2>End of a write</h2>
 *
 * <ul>
 *   <li>The writer closes the file: the event says so.
 *   <li>The writer doesn't write for the quiet time.
 *   <li>The writer writes for {@value #LONGEST_QUIET} quiet times without such a pause. Then the file counts as changed now
 *       and at each further end of such a time, and nothing waits for this writer any more: it is endless.
 *   <li>The writer was found by asking the kernel, not by an event, and the kernel says that it is gone. Its close may have
 *       been reported before the file was watched, or under another name of the file.
 * </ul>
 *
 * <p>Threading: guarded by the watcher's lock, but for {@link #isEndless} and {@link OpenWrites#areClosed}, which any thread
 * may call. Reports to listeners.
 */
final class WritesInProgress {

    private static final int LONGEST_QUIET = 5;

    private final long quietNanos;
    private final LongSupplier nanoTime;
    private final Predicate<Path> isUnwritten;
    private final Map<DirectoryInterest, Write> writes = new HashMap<>();
    private final Set<Path> foundOpen = new HashSet<>(); // their writers were found by asking the kernel
    private final Set<Path> endless = ConcurrentHashMap.newKeySet();

    /** When a write was first noticed, and when it ends if no further one comes. */
    private record Write(long sinceNanos, long untilNanos) {}

    WritesInProgress(Duration quietTime, LongSupplier nanoTime) {
        this(quietTime, nanoTime, file -> Writers.of(file.toString()) == Writers.Known.NONE);
    }

    /** Creates an empty object. {@code isUnwritten} returns whether a file certainly has no writer; may read the disk. */
    WritesInProgress(Duration quietTime, LongSupplier nanoTime, Predicate<Path> isUnwritten) {
        this.quietNanos = quietTime.toNanos();
        this.nanoTime = nanoTime;
        this.isUnwritten = isUnwritten;
    }

    // ---- events -----------------------------------------------------------------------------------------------------

    /** A write was reported. */
    void written(DirectoryInterest interest) {
        long now = nanoTime.getAsLong();
        writes.merge(interest, new Write(now, now + quietNanos), this::joined);
        if (!isEndless(interest.owner().path())) {
            interest.owner().reportBeingWritten(interest.name());
        }
    }

    /** A writer was found by asking the kernel; its events may never come. */
    void foundOpen(DirectoryInterest interest) {
        foundOpen.add(interest.owner().path());
        written(interest);
    }

    /** A change was completed, so no write goes on. */
    void completed(DirectoryInterest interest) {
        writes.remove(interest);
        endless.remove(interest.owner().path());
        interest.owner().reportChanged(interest.name());
    }

    /** Events were lost. */
    void clear() {
        writes.clear();
        foundOpen.clear();
    }

    /** Two notices of the same write. A writer that never stops doesn't put off the change for ever. */
    private Write joined(Write a, Write b) {
        long since = a.sinceNanos() - b.sinceNanos() < 0 ? a.sinceNanos() : b.sinceNanos();
        long lasts = Math.max(a.untilNanos() - since, b.untilNanos() - since);
        return new Write(since, since + Math.min(lasts, longestNanos()));
    }

    private long longestNanos() {
        return LONGEST_QUIET * quietNanos;
    }

    // ---- subscriptions ----------------------------------------------------------------------------------------------

    /**
     * A subscription has ended. Another one of the same file with an equal listener reports the end of its writes.
     *
     * @param others the subscriptions that are left; read only if they are needed
     */
    void end(Subscription ended, Collection<Subscription> others) {
        for (Map.Entry<DirectoryInterest, Write> each : List.copyOf(writes.entrySet())) {
            DirectoryInterest interest = each.getKey();
            if (interest.owner() == ended) {
                writes.remove(interest);
                others.stream()
                        .filter(ended::isReplacedBy)
                        .findAny()
                        .ifPresent(next -> writes.merge(
                                new DirectoryInterest(next, interest.kind(), interest.name()),
                                each.getValue(),
                                this::joined));
            }
        }
        if (isEndless(ended.path())
                && others.stream().noneMatch(each -> each.path().equals(ended.path()))) {
            endless.remove(ended.path());
        }
    }

    /** Returns whether the file's writer has written for so long that nothing waits for it any more. Any thread. */
    boolean isEndless(Path file) {
        return endless.contains(file);
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /** Returns the writes of files that were found open. Their writers may be gone: {@link OpenWrites#areClosed} tells. */
    List<OpenWrites> openWrites() {
        Map<Path, Map<DirectoryInterest, Write>> open = new HashMap<>();
        writes.forEach((interest, write) -> {
            Path file = interest.owner().path();
            if (foundOpen.contains(file)) {
                open.computeIfAbsent(file, f -> new HashMap<>()).put(interest, write);
            }
        });
        foundOpen.retainAll(open.keySet());
        List<OpenWrites> all = new ArrayList<>();
        open.forEach((file, known) -> all.add(new OpenWrites(file, known)));
        return all;
    }

    /** The writes of one file that was found open. */
    final class OpenWrites {
        private final Path file;
        private final Map<DirectoryInterest, Write> known;

        private OpenWrites(Path file, Map<DirectoryInterest, Write> known) {
            this.file = file;
            this.known = known;
        }

        /** Returns whether the file has no writer any more. Opens the file, so call it without the watcher's lock. */
        boolean areClosed() {
            return isUnwritten.test(file);
        }

        /**
         * Ends the writes, because their writer has closed the file. A write that began meanwhile goes on.
         *
         * @param drain reads all events: a write whose close is reported ends by that
         */
        void end(Runnable drain) {
            foundOpen.remove(file);
            drain.run();
            known.forEach((interest, write) -> {
                if (writes.remove(interest, write)) {
                    interest.owner().reportChanged(interest.name());
                }
            });
        }
    }

    /** Ends the writes whose time is over. */
    void endDue(long nowNanos) {
        for (Map.Entry<DirectoryInterest, Write> each : List.copyOf(writes.entrySet())) {
            DirectoryInterest interest = each.getKey();
            Write write = each.getValue();
            if (write.untilNanos() - nowNanos <= 0 && writes.remove(interest) != null) {
                // A file whose writer goes on counts as changed again later.
                if (write.untilNanos() - write.sinceNanos() >= longestNanos()) {
                    endless.add(interest.owner().path());
                } else {
                    endless.remove(interest.owner().path());
                }
                interest.owner().reportChanged(interest.name());
            }
        }
    }
}
