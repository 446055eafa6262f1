/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches files through one inotify descriptor, and by polling where the kernel can't tell.
 *
 * <h2>Cost</h2>
 *
 * {@link #drain} is one system call when nothing changed, however many files are watched: the kernel queues what happens.
 *
 * <h2>Threading</h2>
 *
 * One lock. It is held while listeners are called, so that whoever drains at the same time waits until they have
 * returned; therefore nobody may call this class while holding a lock that a listener takes. Its own thread drains once a
 * second, so that the kernel's queue can't overflow while no request comes, polls, and ends the quiet times.
 */
public final class ScriptWatcher implements FileWatcher {

    private static final Logger LOG = LoggerFactory.getLogger(ScriptWatcher.class);
    private static final int NAMES = Inotify.MODIFY
            | Inotify.ATTRIB
            | Inotify.CLOSE_WRITE
            | Inotify.MOVED_FROM
            | Inotify.MOVED_TO
            | Inotify.CREATE
            | Inotify.DELETE;
    private static final int SELF = Inotify.DELETE_SELF | Inotify.MOVE_SELF;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int MAX_ARMING = 10;

    private final WatchSettings settings;
    private final LongSupplier nanoTime;
    private final @Nullable Inotify inotify;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Map<Integer, Set<Interest>> interests = new HashMap<>();
    private final Set<Registration> registrations = new LinkedHashSet<>();
    private final Map<Interest, Long> quietAt = new HashMap<>();
    private boolean warned;
    private volatile boolean closed;

    // Owned by whoever ticks.
    private long pollAtNanos;

    /** Who wants to know of a name in a directory; an empty name stands for the directory itself, "*" for all names. */
    private record Interest(Registration owner, String name, boolean last) {}

    private ScriptWatcher(WatchSettings settings, LongSupplier nanoTime, @Nullable Inotify inotify) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        this.inotify = inotify;
        this.pollAtNanos = nanoTime.getAsLong() + settings.pollInterval().toNanos();
    }

    /** Opens one and starts its thread. */
    public static ScriptWatcher open(WatchSettings settings) {
        ScriptWatcher watcher = create(settings, System::nanoTime);
        Thread thread = new Thread(watcher::run, "fcgid4j-watch");
        thread.setDaemon(true);
        thread.start();
        return watcher;
    }

    /** Opens one without a thread: {@link #tick} moves it. */
    static ScriptWatcher create(WatchSettings settings, LongSupplier nanoTime) {
        requireNonNull(settings, "settings");
        Inotify inotify = null;
        if (settings.inotify()) {
            try {
                inotify = Inotify.open();
            } catch (PosixException | LinkageError e) {
                LOG.warn("inotify can't be used ({}); files are compared every {}", e, settings.pollInterval());
            }
        }
        return new ScriptWatcher(settings, nanoTime, inotify);
    }

    // ---- arming ---------------------------------------------------------------------------------------------------

    @Override
    public Watch watchFiles(Collection<Path> files, FileListener listener) {
        lock.lock();
        try {
            List<Registration> all = new ArrayList<>();
            for (Path file : files) {
                all.add(watchFile(file, listener));
            }
            return all.size() == 1 ? all.get(0) : new Several(all);
        } finally {
            lock.unlock();
        }
    }

    private Registration watchFile(Path file, FileListener listener) {
        Registration registration = new Registration(new ToFiles(listener), file);
        registrations.add(registration);
        armFile(registration, file);
        if (!registration.immediate) {
            registration.polled.add(new PolledFile(file, nanoTime.getAsLong()));
        }
        return registration;
    }

    @Override
    public Watch watchNames(Path directory, NameListener listener) {
        lock.lock();
        try {
            Registration registration = new Registration(new ToNames(listener), directory);
            registrations.add(registration);
            add(registration, directory, NAMES | SELF, new Interest(registration, "*", true));
            add(registration, directory, SELF, new Interest(registration, "", false));
            for (Path above : PathChain.of(directory).directories()) {
                add(registration, above, SELF, new Interest(registration, "", false));
            }
            return registration;
        } finally {
            lock.unlock();
        }
    }

    /** Follows the path and watches its chain, again if the chain was altered meanwhile. */
    private void armFile(Registration registration, Path file) {
        PathChain chain = PathChain.of(file);
        for (int i = 0; i < MAX_ARMING && registration.immediate; i++) {
            for (PathChain.Link link : chain.names()) {
                add(registration, link.directory(), NAMES | SELF, new Interest(registration, link.name(), link.last()));
            }
            for (Path directory : chain.directories()) {
                add(registration, directory, SELF, new Interest(registration, "", false));
            }
            PathChain now = PathChain.of(file);
            if (now.equals(chain)) {
                return;
            }
            chain = now;
        }
    }

    private void add(Registration registration, Path directory, int mask, Interest interest) {
        Inotify kernel = inotify;
        if (kernel == null || closed || isBlind(directory)) {
            registration.immediate = false;
            return;
        }
        try {
            int watch = kernel.addDirectory(directory.toString(), mask);
            interests.computeIfAbsent(watch, w -> new LinkedHashSet<>()).add(interest);
            registration.watches.add(watch);
        } catch (PosixException e) {
            registration.immediate = false;
            warnOnce(e.getMessage() + "; what can't be watched is compared every " + settings.pollInterval()
                    + ". If there is \"no space left\", raise fs.inotify.max_user_watches");
        }
    }

    private boolean isBlind(Path directory) {
        try {
            String type = Files.getFileStore(directory).type().toLowerCase(Locale.ROOT);
            boolean blind = type.startsWith("nfs")
                    || type.startsWith("fuse")
                    || type.startsWith("smb")
                    || Set.of("cifs", "afs", "9p", "ceph", "glusterfs", "vboxsf", "virtiofs", "ncpfs")
                            .contains(type);
            if (blind) {
                warnOnce(directory + " is on " + type + ", where another host's changes raise no event; its files are"
                        + " compared every " + settings.pollInterval());
            }
            return blind;
        } catch (IOException e) {
            return false; // it vanished; adding the watch will tell
        }
    }

    private void warnOnce(String message) {
        if (!warned) {
            warned = true;
            LOG.warn("{}", message);
        }
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
        Set<Interest> concerned = interests.get(event.watch());
        if (concerned == null) {
            return;
        }
        if (event.is(Inotify.IGNORED)) {
            interests.remove(event.watch());
            return;
        }
        boolean self = event.name().isEmpty();
        for (Interest interest : List.copyOf(concerned)) {
            if (self) {
                if (interest.name.isEmpty() && event.is(SELF | Inotify.UNMOUNT)) {
                    tell(() -> interest.owner.target.allChanged(interest.owner));
                }
            } else if (interest.name.equals("*") || interest.name.equals(event.name())) {
                named(interest, event);
            }
        }
    }

    private void named(Interest interest, Inotify.Event event) {
        Interest writer = interest.name.equals("*") ? new Interest(interest.owner, event.name(), true) : interest;
        boolean writes = event.is(Inotify.MODIFY)
                || (event.is(Inotify.CREATE) && !event.is(Inotify.ISDIR) && isBeingCreated(interest, event));
        if (writes && interest.last) {
            quietAt.put(writer, nanoTime.getAsLong() + settings.quietTime().toNanos());
            tell(() -> interest.owner.target.beingWritten(interest.owner));
        } else if (!event.is(Inotify.MODIFY)) {
            quietAt.remove(writer);
            tell(() -> interest.owner.target.changed(interest.owner, event.name()));
        }
    }

    /** A new plain file is still being written by its creator; a link to an old one is complete. */
    private static boolean isBeingCreated(Interest interest, Inotify.Event event) {
        if (interest.name.equals("*")) {
            return false; // that the name is there now matters at once
        }
        Path file = interest.owner.file;
        try {
            return file.endsWith(event.name())
                    && !Files.isSymbolicLink(file)
                    && Integer.valueOf(1).equals(Files.getAttribute(file, "unix:nlink"));
        } catch (IOException e) {
            return false;
        }
    }

    private void everythingChanged() {
        quietAt.clear();
        for (Registration registration : List.copyOf(registrations)) {
            tell(() -> registration.target.allChanged(registration));
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
            LockSupport.parkNanos(this, TICK_NANOS);
            try {
                drain();
                tick(nanoTime.getAsLong());
            } catch (RuntimeException e) {
                LOG.error("watching files failed; going on", e);
            }
        }
    }

    /** Ends quiet times that are over and polls when it is time to. */
    void tick(long nowNanos) {
        lock.lock();
        try {
            for (Map.Entry<Interest, Long> each : List.copyOf(quietAt.entrySet())) {
                if (each.getValue() - nowNanos <= 0 && quietAt.remove(each.getKey()) != null) {
                    Interest interest = each.getKey();
                    tell(() -> interest.owner.target.changed(interest.owner, interest.name));
                }
            }
        } finally {
            lock.unlock();
        }
        if (pollAtNanos - nowNanos <= 0 && !closed) {
            pollAtNanos = nowNanos + settings.pollInterval().toNanos();
            poll(nowNanos);
        }
    }

    /** Reads the disk without the lock, so that nobody who drains waits for a slow file system. */
    private void poll(long nowNanos) {
        for (Registration registration : polled()) {
            for (PolledFile file : registration.polled) {
                if (file.changed(nowNanos)) {
                    tellPolled(registration);
                }
            }
        }
    }

    private List<Registration> polled() {
        lock.lock();
        try {
            return registrations.stream().filter(r -> !r.polled.isEmpty()).toList();
        } finally {
            lock.unlock();
        }
    }

    private void tellPolled(Registration registration) {
        lock.lock();
        try {
            if (registrations.contains(registration)) {
                tell(() -> registration.target.changed(registration, ""));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                registrations.clear();
                interests.clear();
                quietAt.clear();
                if (inotify != null) {
                    inotify.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Kernel watches in use, for tests. */
    int watches() {
        lock.lock();
        try {
            return interests.size();
        } finally {
            lock.unlock();
        }
    }

    // ---- who is told ----------------------------------------------------------------------------------------------

    /** A listener of either kind. */
    private interface Target {
        void changed(Registration registration, String name);

        void beingWritten(Registration registration);

        void allChanged(Registration registration);
    }

    private record ToFiles(FileListener listener) implements Target {
        @Override
        public void changed(Registration registration, String name) {
            listener.changed(registration.file);
        }

        @Override
        public void beingWritten(Registration registration) {
            listener.beingWritten(registration.file);
        }

        @Override
        public void allChanged(Registration registration) {
            listener.changed(registration.file);
        }
    }

    private record ToNames(NameListener listener) implements Target {
        @Override
        public void changed(Registration registration, String name) {
            listener.nameChanged(name);
        }

        @Override
        public void beingWritten(Registration registration) {
            // a name is told of when the writer is done
        }

        @Override
        public void allChanged(Registration registration) {
            listener.allChanged();
        }
    }

    /** One file or one directory, and who wants to know of it. */
    private final class Registration implements Watch {
        private final Target target;
        private final List<PolledFile> polled = new CopyOnWriteArrayList<>();
        private final Set<Integer> watches = new LinkedHashSet<>();
        private volatile boolean immediate = true;
        private final Path file;

        Registration(Target target, Path file) {
            this.target = target;
            this.file = file;
        }

        @Override
        public boolean immediate() {
            return immediate;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!registrations.remove(this)) {
                    return;
                }
                quietAt.keySet().removeIf(interest -> interest.owner == this);
                for (int watch : watches) {
                    release(watch);
                }
            } finally {
                lock.unlock();
            }
        }

        private void release(int watch) {
            Set<Interest> shared = interests.get(watch);
            if (shared == null) {
                return;
            }
            shared.removeIf(interest -> interest.owner == this);
            if (shared.isEmpty() && inotify != null) {
                interests.remove(watch);
                inotify.remove(watch);
            }
        }
    }

    /** The watches of several files as one. */
    private record Several(List<Registration> all) implements Watch {

        @Override
        public boolean immediate() {
            return all.stream().allMatch(Registration::immediate);
        }

        @Override
        public void close() {
            all.forEach(Registration::close);
        }
    }
}
