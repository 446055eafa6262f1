/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.Writers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files may have a writer of whom nothing was told yet: those that anybody has opened since they were last known to
 * have none. The kernel tells of an opening before it truncates the file for whoever opens it, so a file that isn't here
 * has been whole all the time.
 *
 * <p>An inotify descriptor of its own, so that a program that reads thousands of files can't make the queue of changes
 * overflow. If this one does, every file may have been opened.
 *
 * <p>Most who open a file only read it. A second later it is asked who writes it ({@link Writers}), and if nobody does, it
 * is taken out in that very moment. Asking opens it too: what that tells of is read before anybody can open it for writing.
 *
 * <p>Threading: any thread. The lock is held for no disk, and for calls within this package alone.
 */
final class Openings implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Openings.class);
    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final long quietNanos;
    private final Inotify inotify;
    private final Probe probe;
    private final Arming arming;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final KernelWatches watches = new KernelWatches();
    private final Map<Entry, Path> files = new HashMap<>();
    private final Map<Entry, Since> opened = new HashMap<>();
    private boolean closed;

    /** Tells who writes a file: {@link Writers#of(String, Runnable)}. */
    interface Probe {
        Writers.Known of(String path, Runnable whileNobodyWrites);
    }

    /** A name in a watched folder. */
    private record Entry(int watch, String name) {}

    /**
     * Since when a file has been open, perhaps.
     *
     * @param tellable whether it can be told who writes it, as far as is known
     */
    private record Since(long nanos, boolean tellable) {}

    Openings(WatchSettings settings, LongSupplier nanoTime, Inotify inotify, Probe probe) {
        this.nanoTime = nanoTime;
        this.probe = probe;
        this.quietNanos = settings.quietTime().toNanos();
        this.inotify = inotify;
        this.arming = new Arming(settings, inotify, lock, watches);
    }

    /**
     * Opens one; null where the kernel tells of an opening too late, or gives no second descriptor.
     *
     * @param kernelVersion as in {@code uname -r}
     */
    static @Nullable Openings open(WatchSettings settings, LongSupplier nanoTime, String kernelVersion) {
        if (!Inotify.tellsOfOpeningFirst(kernelVersion)) {
            return null;
        }
        try {
            return new Openings(settings, nanoTime, Inotify.open(), Writers::of);
        } catch (PosixException e) {
            LOG.warn("{}; the files of FcgidWatch are looked at one by one", e.getMessage());
            return null;
        }
    }

    // ---- who listens ----------------------------------------------------------------------------------------------

    /**
     * Notes for files of one folder whether they may be open ({@link Registration#noteOpened}), from now on.
     *
     * @param folder its real path
     */
    void listen(Path folder, Collection<Registration> all) throws PosixException {
        arming.directory(folder, Inotify.OPEN, watch -> {
            for (Registration each : all) {
                String name = name(each);
                Interest interest = new Interest(each, Interest.Kind.FILE, name);
                watches.add(watch, interest);
                each.holdOpenings(watch, interest);
                files.put(new Entry(watch, name), folder.resolve(name));
                noteOpened(new Entry(watch, name), nanoTime.getAsLong() - READ_NANOS);
            }
        });
        forgetRead(); // most of them nobody writes
    }

    /** Notes nothing more. */
    void end(Registration registration) {
        lock.lock();
        try {
            registration.releaseOpenings((interest, watch) -> {
                registration.noteOpened(false);
                watches.remove(watch, interest);
                Entry entry = new Entry(watch, interest.name());
                if (watches.concerned(watch, interest.name()).isEmpty()) {
                    files.remove(entry);
                    opened.remove(entry);
                }
            });
        } finally {
            lock.unlock();
        }
    }

    private static String name(Registration registration) {
        return String.valueOf(registration.file().getFileName());
    }

    // ---- events ---------------------------------------------------------------------------------------------------

    /** Notes everything that was opened before this call. One system call when nothing was. */
    void drain() {
        lock.lock();
        try {
            List<Inotify.Event> events = closed ? List.of() : inotify.read();
            while (!events.isEmpty()) {
                long now = nanoTime.getAsLong();
                events.forEach(event -> apply(event, now));
                events = inotify.read();
            }
        } catch (PosixException e) {
            LOG.error("reading who opens files failed; every file counts as opened", e);
            noteAllOpened(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    private void apply(Inotify.Event event, long nowNanos) {
        if (event.is(Inotify.Q_OVERFLOW)) {
            noteAllOpened(nowNanos);
        } else if (event.is(Inotify.IGNORED)) {
            watches.ended(event.watch());
            files.keySet().removeIf(entry -> entry.watch() == event.watch());
            opened.keySet().removeIf(entry -> entry.watch() == event.watch());
        } else {
            noteOpened(new Entry(event.watch(), event.name()), nowNanos);
        }
    }

    private void noteAllOpened(long nowNanos) {
        files.keySet().forEach(entry -> noteOpened(entry, nowNanos));
    }

    private void noteOpened(Entry entry, long sinceNanos) {
        if (files.containsKey(entry)) {
            opened.putIfAbsent(entry, new Since(sinceNanos, true));
            watches.concerned(entry.watch(), entry.name())
                    .forEach(interest -> interest.owner().noteOpened(true));
        }
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /** Takes out those who were only read, and gives back unused watches. Waits for the disk. */
    void tick() {
        drain();
        forgetRead();
        arming.removeUnused();
    }

    private void forgetRead() {
        long now = nanoTime.getAsLong();
        for (Map.Entry<Entry, Since> each : openedBefore(now - READ_NANOS).entrySet()) {
            Entry entry = each.getKey();
            Path file = path(entry);
            if (file == null || !Files.isRegularFile(file)) {
                forget(entry); // it is away, or of another kind
            } else if (each.getValue().tellable()) {
                if (probe.of(file.toString(), () -> forget(entry)) == Writers.Known.UNKNOWN) {
                    isNotTellable(entry, each.getValue());
                }
            } else if (now - each.getValue().nanos() >= quietNanos) {
                forget(entry);
            }
        }
    }

    private Map<Entry, Since> openedBefore(long nanos) {
        lock.lock();
        try {
            Map<Entry, Since> before = new HashMap<>(opened);
            before.values().removeIf(since -> since.nanos() - nanos > 0);
            return before;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Path path(Entry entry) {
        lock.lock();
        try {
            return files.get(entry);
        } finally {
            lock.unlock();
        }
    }

    private void isNotTellable(Entry entry, Since since) {
        lock.lock();
        try {
            opened.replace(entry, since, new Since(since.nanos(), false));
        } finally {
            lock.unlock();
        }
    }

    private void forget(Entry entry) {
        lock.lock();
        try {
            drain(); // the opening by which it was asked
            opened.remove(entry);
            watches.concerned(entry.watch(), entry.name())
                    .forEach(interest -> interest.owner().noteOpened(false));
        } finally {
            lock.unlock();
        }
    }

    /** Folders watched for somebody, for tests. */
    int folders() {
        lock.lock();
        try {
            return watches.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        boolean mayCloseDescriptor = arming.close();
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                watches.clear();
                files.clear();
                opened.clear();
                if (mayCloseDescriptor) {
                    inotify.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
