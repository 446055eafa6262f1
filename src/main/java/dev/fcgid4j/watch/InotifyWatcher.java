/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.Writers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches files through one inotify descriptor (and one for {@link OpenFileTracker}), and by polling where the kernel can't tell.
 *
 * <h2>Cost</h2>
 *
 * {@link #drain} is one system call when nothing changed, however many files are watched: the kernel queues what happens.
 *
 * <h2>Threading</h2>
 *
 * One lock. It is held while listeners are called, so that whoever drains at the same time waits until they have
 * returned; therefore nobody may call this class while holding a lock that a listener takes. The disk is read without it
 * ({@link WatchInstaller}), but for looks at files on a local disk that somebody writes or has written within the quiet time. Its
 * own thread drains four times a second, so that the kernel's queue can't overflow while no request comes, polls, and ends
 * the quiet times.
 */
public final class InotifyWatcher implements FileWatcher {

    private static final Logger LOG = LoggerFactory.getLogger(InotifyWatcher.class);
    private static final int SELF = Inotify.DELETE_SELF | Inotify.MOVE_SELF | Inotify.UNMOUNT;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int LONGEST_QUIET = 5;
    private static final long CREATOR_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final WatchSettings settings;
    private final LongSupplier nanoTime;
    private final @Nullable Inotify inotify;
    private final @Nullable WatchInstaller arming;
    private final @Nullable OpenFileTracker openings;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final WatchTable watches = new WatchTable();
    private final Set<Subscription> registrations = new LinkedHashSet<>();
    private final Map<DirectoryInterest, Quiet> writers = new HashMap<>();
    private final Set<Path> foundOpen = new HashSet<>(); // whose writers were found, not told of
    private final Set<Path> neverDone =
            ConcurrentHashMap.newKeySet(); // whose writers have written for too long to be waited for
    private volatile boolean closed;
    private final AtomicLong comparisons = new AtomicLong();

    // Owned by whoever ticks.
    private long pollAtNanos;

    /** When a file that is being written was first noticed, and when it counts as complete if nothing more comes. */
    private record Quiet(long sinceNanos, long untilNanos) {}

    private InotifyWatcher(
            WatchSettings settings,
            LongSupplier nanoTime,
            @Nullable Inotify inotify,
            @Nullable OpenFileTracker openings) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.inotify = inotify;
        this.arming = inotify == null ? null : new WatchInstaller(settings, inotify, lock, watches);
        this.openings = openings;
        this.pollAtNanos = nanoTime.getAsLong() + settings.pollInterval().toNanos();
    }

    /** Opens one and starts its thread. */
    public static InotifyWatcher open(WatchSettings settings) {
        InotifyWatcher watcher = create(settings, System::nanoTime);
        Thread thread = new Thread(watcher::run, "fcgid4j-watch");
        thread.setDaemon(true);
        thread.start();
        return watcher;
    }

    /** Opens one without a thread: {@link #tick} moves it. */
    static InotifyWatcher create(WatchSettings settings, LongSupplier nanoTime) {
        return create(settings, nanoTime, System.getProperty("os.version", ""));
    }

    /**
     * The same on another kernel.
     *
     * @param kernelVersion as in {@code uname -r}
     */
    static InotifyWatcher create(WatchSettings settings, LongSupplier nanoTime, String kernelVersion) {
        requireNonNull(settings, "settings");
        Inotify inotify = null;
        if (settings.inotify()) {
            try {
                inotify = Inotify.open();
            } catch (PosixException | LinkageError e) {
                LOG.warn("inotify can't be used ({}); files are compared every {}", e, settings.pollInterval());
            }
        }
        OpenFileTracker openings = inotify == null ? null : OpenFileTracker.open(settings, nanoTime, kernelVersion);
        return new InotifyWatcher(settings, nanoTime, inotify, openings);
    }

    // ---- arming ---------------------------------------------------------------------------------------------------

    @Override
    public Watch watchFiles(Collection<Path> files, FileListener listener) {
        return Watch.all(registrations(files, listener));
    }

    @Override
    public Map<Path, Watch> watchFiles(Map<Path, ? extends FileListener> listeners) {
        Map<Path, Watch> watches = new LinkedHashMap<>();
        armed(listeners.entrySet().stream()
                        .map(each -> register(each.getKey(), new ListenerAdapters.ToFile(each.getValue())))
                        .toList())
                .forEach(each -> watches.put(each.file(), each));
        return watches;
    }

    @Override
    public Watch watchForWriters(Collection<Path> files, FileListener listener) {
        return WriterWatch.over(registrations(files, listener), openings);
    }

    private List<Subscription> registrations(Collection<Path> files, FileListener listener) {
        Subscription.Target target = new ListenerAdapters.ToFile(listener);
        return armed(files.stream().map(file -> register(file, target)).toList());
    }

    private List<Subscription> armed(List<Subscription> registrations) {
        boolean armed = false;
        try {
            arm(registrations);
            armed = true;
            return registrations;
        } finally {
            if (!armed) {
                registrations.forEach(Subscription::close);
            }
        }
    }

    private void arm(List<Subscription> registrations) {
        WatchInstaller kernel = arming;
        if (kernel == null) {
            registrations.forEach(Subscription::notImmediate);
        } else {
            kernel.files(registrations);
        }
        for (Subscription each : registrations) {
            if (each.immediate()) {
                noteWriter(each);
                each.beginLooking();
            } else {
                each.poll(new PolledFile(each.file(), nanoTime.getAsLong()));
            }
        }
    }

    /**
     * Who began to write a file before it was watched isn't told of. Its end is, if the path still leads the way that is
     * watched; if it doesn't, that is told of, or will be. But one who was just closing it had that told of before he was
     * found, and who writes through another name is never told of: {@link #endClosedWriters} looks for their end.
     */
    private void noteWriter(Subscription registration) {
        if (ageNanos(registration.file()) > settings.quietTime().toNanos()
                || !Files.isRegularFile(registration.file())) {
            return;
        }
        awaitCreator(registration.file());
        lock.lock(); // so that nobody learns of its end before it is noted
        try {
            drain();
            registration
                    .fileInterest()
                    .filter(interest -> !registration.wasTold() && !neverDone.contains(registration.file()))
                    .filter(interest -> Writers.of(registration.file().toString()) == Writers.Known.SOME)
                    .ifPresent(interest -> {
                        foundOpen.add(registration.file());
                        beingWritten(interest);
                    });
        } finally {
            lock.unlock();
        }
    }

    /**
     * A new file is in its directory, and told of, a moment before whoever creates it has it open for writing. So one that
     * is empty is given the time to be opened. Blocks for that time at most.
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

    /** Since when a file has been as it is, by the host's clock; for ever, if it isn't there. */
    private static long ageNanos(Path file) {
        try {
            FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
            return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() - changed.toMillis());
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public Watch watchNames(Path directory, NameListener listener) {
        return watchDirectory(directory, new ListenerAdapters.ToNames(listener), DirectoryInterest.Kind.NAMES);
    }

    @Override
    public Watch watchAppends(Path directory, NameListener listener) {
        return watchDirectory(directory, new ListenerAdapters.ToAppends(listener), DirectoryInterest.Kind.APPENDS);
    }

    private Subscription watchDirectory(Path directory, Subscription.Target target, DirectoryInterest.Kind kind) {
        Subscription registration = register(directory, target);
        WatchInstaller kernel = arming;
        if (kernel == null) {
            registration.notImmediate();
        } else {
            kernel.names(registration, kind);
        }
        if (!registration.immediate()) {
            registration.poll(new PolledNames(directory));
        }
        return registration;
    }

    private Subscription register(Path file, Subscription.Target target) {
        UnreportedChange untold =
                new UnreportedChange(file, settings.quietTime().toNanos(), nanoTime, System::currentTimeMillis);
        Subscription registration = new Subscription(this, file, target, untold);
        lock.lock();
        try {
            registrations.add(registration);
        } finally {
            lock.unlock();
        }
        return registration;
    }

    /** Ends one. */
    void close(Subscription registration) {
        lock.lock();
        try {
            if (registrations.remove(registration)) {
                handOverWriters(registration);
                registration.releaseFrom(watches);
                Path file = registration.file();
                if (neverDone.contains(file)
                        && registrations.stream().noneMatch(r -> r.file().equals(file))) {
                    neverDone.remove(file);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whoever watches the same file for the same listener from now on is told when its writer is done. */
    private void handOverWriters(Subscription ended) {
        for (Map.Entry<DirectoryInterest, Quiet> each : List.copyOf(writers.entrySet())) {
            DirectoryInterest interest = each.getKey();
            if (interest.owner() == ended) {
                writers.remove(interest);
                registrations.stream()
                        .filter(ended::isReplacedBy)
                        .findAny()
                        .ifPresent(next -> writers.merge(
                                new DirectoryInterest(next, interest.kind(), interest.name()),
                                each.getValue(),
                                this::together));
            }
        }
    }

    /** Whether nobody waits for its writer any more. */
    boolean isNeverDone(Path file) {
        return neverDone.contains(file);
    }

    // ---- events ---------------------------------------------------------------------------------------------------

    @Override
    public void drain() {
        Inotify kernel = inotify;
        if (kernel == null || closed) {
            return;
        }
        lock.lock();
        try {
            List<Inotify.Event> events = closed ? List.of() : kernel.read();
            while (!events.isEmpty()) {
                events.forEach(this::apply);
                events = closed ? List.of() : kernel.read();
            }
        } catch (PosixException e) {
            LOG.error("reading file events failed; everything counts as changed", e);
            everythingChanged();
        } finally {
            lock.unlock();
        }
    }

    private void apply(Inotify.Event event) {
        if (event.is(Inotify.Q_OVERFLOW)) {
            LOG.warn("the kernel's queue of file events overflowed; everything counts as changed");
            everythingChanged();
            return;
        }
        if (event.is(Inotify.IGNORED)) {
            watches.ended(event.watch());
            return;
        }
        for (DirectoryInterest interest : watches.concerned(event.watch(), event.name())) {
            switch (interest.kind()) {
                case SELF -> {
                    if (event.is(SELF)) {
                        tell(interest.owner()::tellAllChanged);
                    }
                }
                case APPENDS -> {
                    if (event.is(Inotify.MODIFY)) {
                        tell(() -> interest.owner().tellChanged(event.name()));
                    }
                }
                case NAME, FILE, NAMES -> named(interest.in(event.name()), event);
            }
        }
    }

    private void named(DirectoryInterest interest, Inotify.Event event) {
        boolean writes = event.is(Inotify.MODIFY)
                || (interest.kind() == DirectoryInterest.Kind.FILE
                        && event.is(Inotify.CREATE)
                        && !event.is(Inotify.ISDIR)
                        && isBeingCreated(interest));
        if (writes && interest.kind() != DirectoryInterest.Kind.NAME) {
            beingWritten(interest);
        } else if (!event.is(Inotify.MODIFY)) {
            writers.remove(interest);
            neverDone.remove(interest.owner().file());
            tell(() -> interest.owner().tellChanged(interest.name()));
        }
    }

    /** Writers who were found, and not told of, and have closed their file meanwhile. */
    private void endClosedWriters() {
        Map<Path, Map<DirectoryInterest, Quiet>> open = new HashMap<>();
        writers.forEach((interest, quiet) -> {
            Path file = interest.owner().file();
            if (foundOpen.contains(file)) {
                open.computeIfAbsent(file, f -> new HashMap<>()).put(interest, quiet);
            }
        });
        foundOpen.retainAll(open.keySet());
        open.forEach((file, known) -> {
            if (Writers.of(file.toString()) == Writers.Known.NONE) {
                foundOpen.remove(file);
                drain(); // whose end is told of has ended by that; who has begun meanwhile goes on
                known.forEach((each, quiet) -> {
                    if (writers.remove(each, quiet)) {
                        tell(() -> each.owner().tellChanged(each.name()));
                    }
                });
            }
        });
    }

    private void beingWritten(DirectoryInterest interest) {
        long now = nanoTime.getAsLong();
        writers.merge(interest, new Quiet(now, now + settings.quietTime().toNanos()), this::together);
        if (!neverDone.contains(interest.owner().file())) {
            tell(() -> interest.owner().tellBeingWritten(interest.name()));
        }
    }

    /** The same writing, noticed twice. One that never stops writing doesn't put off the change for ever. */
    private Quiet together(Quiet a, Quiet b) {
        long since = a.sinceNanos() - b.sinceNanos() < 0 ? a.sinceNanos() : b.sinceNanos();
        long lasts = Math.max(a.untilNanos() - since, b.untilNanos() - since);
        return new Quiet(since, since + Math.min(lasts, longestNanos()));
    }

    private long longestNanos() {
        return LONGEST_QUIET * settings.quietTime().toNanos();
    }

    /** A new plain file is still being written by its creator; a link to an old one is complete. */
    private static boolean isBeingCreated(DirectoryInterest interest) {
        Path file = interest.owner().file();
        try {
            return file.endsWith(interest.name())
                    && !Files.isSymbolicLink(file)
                    && Integer.valueOf(1).equals(Files.getAttribute(file, "unix:nlink"));
        } catch (IOException e) {
            return false;
        }
    }

    private void everythingChanged() {
        writers.clear();
        foundOpen.clear();
        for (Subscription registration : List.copyOf(registrations)) {
            tell(registration::tellAllChanged);
        }
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("a listener of file changes failed", e);
        }
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    private void run() {
        while (!closed) {
            // Until the very moment at which it is time to compare: a tick just before it would put it off by a whole
            // one.
            long untilPollNanos = pollAtNanos - nanoTime.getAsLong();
            LockSupport.parkNanos(this, Math.max(1, Math.min(TICK_NANOS, untilPollNanos)));
            try {
                drain();
                tick(nanoTime.getAsLong());
            } catch (RuntimeException e) {
                LOG.error("watching files failed; going on", e);
                pollAtNanos = nanoTime.getAsLong() + settings.pollInterval().toNanos(); // not at once again
            }
        }
    }

    /** Ends quiet times that are over, polls when it is time to, and gives back unused watches. */
    void tick(long nowNanos) {
        lock.lock();
        try {
            endClosedWriters();
            for (Map.Entry<DirectoryInterest, Quiet> each : List.copyOf(writers.entrySet())) {
                DirectoryInterest interest = each.getKey();
                Quiet quiet = each.getValue();
                if (quiet.untilNanos() - nowNanos <= 0 && writers.remove(interest) != null) {
                    // Whoever goes on writing then makes nobody wait, though what is read then counts as changed later.
                    if (quiet.untilNanos() - quiet.sinceNanos() >= longestNanos()) {
                        neverDone.add(interest.owner().file());
                    } else {
                        neverDone.remove(interest.owner().file());
                    }
                    tell(() -> interest.owner().tellChanged(interest.name()));
                }
            }
        } finally {
            lock.unlock();
        }
        WatchInstaller kernel = arming;
        if (kernel != null) {
            kernel.removeUnused();
        }
        if (openings != null) {
            openings.tick();
        }
        if (pollAtNanos - nowNanos <= 0 && !closed) {
            pollAtNanos = nowNanos + settings.pollInterval().toNanos();
            poll(nowNanos);
        }
    }

    /** Reads the disk without the lock, so that nobody who drains waits for a slow file system. */
    private void poll(long nowNanos) {
        List<Subscription> all = polled();
        all.forEach(registration -> compare(registration, nowNanos));
        if (!all.isEmpty()) {
            comparisons.incrementAndGet();
        }
    }

    @Override
    public long comparisons() {
        return comparisons.get();
    }

    /** Compares one registration now. */
    void compare(Subscription registration) {
        compare(registration, nanoTime.getAsLong());
    }

    private void compare(Subscription registration, long nowNanos) {
        registration.comparing().lock();
        try {
            for (Subscription.Polled each : registration.polled()) {
                for (String name : each.changed(nowNanos)) {
                    tellPolled(registration, name);
                }
            }
        } finally {
            registration.comparing().unlock();
        }
    }

    private List<Subscription> polled() {
        lock.lock();
        try {
            return registrations.stream().filter(r -> !r.polled().isEmpty()).toList();
        } finally {
            lock.unlock();
        }
    }

    private void tellPolled(Subscription registration, String name) {
        lock.lock();
        try {
            if (registrations.contains(registration)) {
                tell(() -> registration.tellChanged(name));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        if (openings != null) {
            openings.close();
        }
        WatchInstaller kernel = arming;
        boolean mayCloseDescriptor = kernel == null || kernel.close();
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                registrations.clear();
                watches.clear();
                writers.clear();
                foundOpen.clear();
                if (inotify != null && mayCloseDescriptor) {
                    inotify.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Directories in which it is watched who opens files, for tests. */
    int openings() {
        return openings == null ? 0 : openings.folders();
    }

    /** Directories watched by the kernel for somebody, for tests. */
    int watches() {
        lock.lock();
        try {
            return watches.size();
        } finally {
            lock.unlock();
        }
    }
}
