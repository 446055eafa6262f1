/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.Writers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files may have a writer of whom nothing was told yet: those that anybody has opened since they were last known to
 * have none. The kernel tells of an opening before it truncates the file for whoever opens it, so a file that isn't here
 * had no writer all the time (but for {@code truncate(2)}, which opens nothing).
 *
 * <p>An inotify descriptor of its own, so that a program that reads thousands of files can't make the queue of changes
 * overflow. If this one does, every file may have been opened.
 *
 * <p>Most who open a file only read it. When nobody has opened it for a second, it is asked who writes it
 * ({@link Writers}), and if nobody does, it is taken out in that very moment. Asking opens it too: what that tells of is
 * read before anybody can open it for writing. But it tells everybody else on this host who listens, who would ask in turn,
 * for ever. So a file that was last opened soon after such a question (within 3 s, or 6, 12 … 48, if there are that many who
 * ask in turn) is taken out without another, if it looks as it did; and one of which nothing can be told is, after the quiet
 * time.
 *
 * <p>Threading: any thread. The lock is held for no disk, and for calls within this package alone.
 */
final class OpenFileTracker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenFileTracker.class);
    private static final long READ_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_ECHO_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LONGEST_ECHO_NANOS = TimeUnit.SECONDS.toNanos(48);

    private final LongSupplier nanoTime;
    private final long quietNanos;
    private final Inotify inotify;
    private final Probe probe;
    private final WatchInstaller arming;
    private final FileSystems fileSystems = new FileSystems();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final WatchTable watches = new WatchTable();
    private final Map<Integer, Map<String, Heeded>> folders = new HashMap<>();
    private final Set<Heeded> opened = new LinkedHashSet<>();
    private boolean warned;
    private boolean closed;

    /** A file that somebody watches. Guarded by the lock, but for the final ones. */
    private static final class Heeded {
        private final int watch;
        private final Path file;
        private final String name;
        private long openedNanos;
        private long askedNanos;
        private boolean asked;
        private boolean allKnow; // all who watch it, that it is among the opened ones
        private long echoNanos = SHORTEST_ECHO_NANOS; // so long others may open it because of the question
        private boolean tellable = true; // as far as is known

        Heeded(int watch, Path folder, String name) {
            this.watch = watch;
            this.file = folder.resolve(name);
            this.name = name;
        }

        boolean isToBeAsked() {
            return tellable && (!asked || openedNanos - askedNanos >= echoNanos);
        }

        void ask(long nowNanos) {
            boolean again = asked && nowNanos - askedNanos < 2 * echoNanos;
            echoNanos = again ? Math.min(2 * echoNanos, LONGEST_ECHO_NANOS) : SHORTEST_ECHO_NANOS;
            asked = true;
            askedNanos = nowNanos;
        }
    }

    /** What to do with a file that nobody has opened lately. */
    private record Check(Heeded file, boolean ask, List<Subscription> watchedBy, long openedNanos) {}

    /** Tells who writes a file: {@link Writers#of(String, Runnable)}. */
    interface Probe {
        Writers.Known of(String path, Runnable whileNobodyWrites);
    }

    OpenFileTracker(WatchSettings settings, LongSupplier nanoTime, Inotify inotify, Probe probe) {
        this.nanoTime = nanoTime;
        this.probe = probe;
        this.quietNanos = settings.quietTime().toNanos();
        this.inotify = inotify;
        this.arming = new WatchInstaller(settings, inotify, lock, watches);
    }

    /**
     * Opens one; null where the kernel tells of an opening too late, or gives no second descriptor.
     *
     * @param kernelVersion as in {@code uname -r}
     */
    static @Nullable OpenFileTracker open(WatchSettings settings, LongSupplier nanoTime, String kernelVersion) {
        if (!Inotify.tellsOfOpeningFirst(kernelVersion)) {
            return null;
        }
        try {
            return new OpenFileTracker(settings, nanoTime, Inotify.open(), Writers::of);
        } catch (PosixException e) {
            LOG.warn("{}; the files of FcgidWatch are looked at one by one", e.getMessage());
            return null;
        }
    }

    // ---- who listens ----------------------------------------------------------------------------------------------

    /**
     * Notes for files of one folder whether they may be open ({@link Subscription#noteOpened}): now they may, until
     * {@link #forgetRead} has asked.
     *
     * @param folder its real path
     * @return false if the kernel doesn't watch it, or tells too late there
     */
    boolean listen(Path folder, Collection<Subscription> all) {
        try {
            if (fileSystems.copiesUp(folder)) {
                return false;
            }
            arming.directory(folder, Inotify.OPEN, watch -> {
                Map<String, Heeded> names = folders.computeIfAbsent(watch, w -> new HashMap<>());
                all.forEach(each -> listen(watch, folder, names, each));
            });
            return true;
        } catch (IOException e) {
            warnOnce(e);
            return false;
        }
    }

    private void listen(int watch, Path folder, Map<String, Heeded> names, Subscription registration) {
        String name = String.valueOf(registration.file().getFileName());
        DirectoryInterest interest = new DirectoryInterest(registration, DirectoryInterest.Kind.FILE, name);
        watches.add(watch, interest);
        registration.holdOpenings(watch, interest);
        Heeded file = names.computeIfAbsent(name, n -> new Heeded(watch, folder, n));
        if (opened.add(file)) {
            file.openedNanos = nanoTime.getAsLong() - READ_NANOS;
            file.asked = false;
            file.allKnow = false;
        }
        registration.noteOpened(true);
    }

    private void warnOnce(IOException e) {
        lock.lock();
        try {
            if (!warned && !(e instanceof NoSuchFileException)) {
                warned = true;
                LOG.warn(
                        "{}; files of FcgidWatch there are looked at one by one for each answer. If there is \"no space"
                                + " left\", raise fs.inotify.max_user_watches (sysctl)",
                        e.getMessage());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes nothing more. */
    void end(Subscription registration) {
        lock.lock();
        try {
            registration.releaseOpenings((interest, watch) -> {
                registration.noteOpened(false);
                watches.remove(watch, interest);
                if (watches.concerned(watch, interest.name()).isEmpty()) {
                    drop(watch, interest.name());
                }
            });
        } finally {
            lock.unlock();
        }
    }

    private void drop(int watch, String name) {
        Map<String, Heeded> names = folders.get(watch);
        if (names != null) {
            Heeded gone = names.remove(name);
            if (gone != null) {
                opened.remove(gone);
            }
            if (names.isEmpty()) {
                folders.remove(watch);
            }
        }
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
            Map<String, Heeded> gone = folders.remove(event.watch());
            if (gone != null) {
                gone.values().forEach(opened::remove);
            }
        } else {
            Heeded file = folders.getOrDefault(event.watch(), Map.of()).get(event.name());
            if (file != null) {
                noteOpened(file, nowNanos);
            }
        }
    }

    private void noteAllOpened(long nowNanos) {
        folders.values().forEach(names -> names.values().forEach(file -> noteOpened(file, nowNanos)));
    }

    private void noteOpened(Heeded file, long nowNanos) {
        file.openedNanos = nowNanos;
        if (opened.add(file) || !file.allKnow) {
            file.allKnow = true;
            watchedBy(file).forEach(each -> each.noteOpened(true));
        }
    }

    private List<Subscription> watchedBy(Heeded file) {
        return watches.concerned(file.watch, file.name).stream()
                .map(DirectoryInterest::owner)
                .toList();
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    /** Takes out those who were only read, and gives back unused watches. Waits for the disk. */
    void tick() {
        drain();
        forgetRead();
        arming.removeUnused();
    }

    /** Takes out those who were only read. Opens files, and waits for the disk. */
    void forgetRead() {
        for (Check each : due(nanoTime.getAsLong())) {
            Heeded file = each.file();
            if (each.ask() && Files.isRegularFile(file.file)) {
                answered(file, probe.of(file.file.toString(), () -> forget(file)));
            } else if (each.watchedBy().stream().noneMatch(Subscription::isBeingChanged)) {
                forgetUnlessOpened(file, each.openedNanos());
            }
        }
    }

    private void answered(Heeded file, Writers.Known writers) {
        lock.lock();
        try {
            if (writers == Writers.Known.SOME) {
                file.asked = false; // until he is gone
            } else if (writers == Writers.Known.UNKNOWN) {
                file.tellable = false;
                file.openedNanos = nanoTime.getAsLong();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What nobody has opened for so long that it may be taken out. */
    private List<Check> due(long nowNanos) {
        lock.lock();
        try {
            List<Check> due = new ArrayList<>();
            for (Heeded file : opened) {
                long rests = file.tellable ? READ_NANOS : Math.max(READ_NANOS, quietNanos);
                if (nowNanos - file.openedNanos >= rests) {
                    boolean ask = file.isToBeAsked();
                    due.add(new Check(file, ask, watchedBy(file), file.openedNanos));
                    if (ask) {
                        file.ask(nowNanos);
                    }
                }
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** Nobody can open it for writing meanwhile. */
    private void forget(Heeded file) {
        lock.lock();
        try {
            drain(); // the opening by which it was asked
            takeOut(file);
        } finally {
            lock.unlock();
        }
    }

    private void forgetUnlessOpened(Heeded file, long openedNanos) {
        lock.lock();
        try {
            if (file.openedNanos == openedNanos) {
                takeOut(file);
            }
        } finally {
            lock.unlock();
        }
    }

    private void takeOut(Heeded file) {
        if (opened.remove(file)) {
            watchedBy(file).forEach(each -> each.noteOpened(false));
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
                folders.clear();
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
