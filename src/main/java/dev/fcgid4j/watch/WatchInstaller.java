/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the kernel's watches and removes them. Everything that waits for the disk happens here, under a lock of its own,
 * so that a slow file system delays those who arm a watch there and nobody who drains.
 *
 * <p>A path that is altered while it is armed is armed again, up to {@value #MAX_PASSES} times. Giving up is for the
 * watch's life: its files are then only compared. A pass takes 50 to 500 microseconds. Where a program moves a directory
 * of the path away and back without pause, up to half of the passes meet a move, and one watch in 30,000 needs more than
 * ten passes. So ten were too few: by chance, they all met a move within one millisecond.
 *
 * <p>Threading: any thread that may block. The arming lock is taken before the watcher's lock, never the other way
 * round. While it is held no watch is removed, so a watch that the kernel has just given again isn't taken away before
 * the new interest in it is noted.
 */
final class WatchInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(WatchInstaller.class);
    private static final int NAMES = Inotify.MODIFY
            | Inotify.ATTRIB
            | Inotify.CLOSE_WRITE
            | Inotify.MOVED_FROM
            | Inotify.MOVED_TO
            | Inotify.CREATE
            | Inotify.DELETE;
    private static final int SELF = Inotify.DELETE_SELF | Inotify.MOVE_SELF;
    private static final int MAX_PASSES = 100;
    private static final int AT_ONCE = 250;
    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int ENOTDIR = 20;

    private final WatchSettings settings;
    private final Inotify kernel;
    private final ReentrantLock watcherLock;
    private final WatchTable watches;
    private final FileSystems fileSystems = new FileSystems();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the arming lock.
    private final Set<Integer> warned = new HashSet<>();
    private boolean closed;

    WatchInstaller(WatchSettings settings, Inotify kernel, ReentrantLock watcherLock, WatchTable watches) {
        this.settings = settings;
        this.kernel = kernel;
        this.watcherLock = watcherLock;
        this.watches = watches;
    }

    /** Something to be told of in a directory. */
    private record Want(Path directory, int mask, DirectoryInterest interest) {}

    /** What a registration wants to be told of, besides the directories on its way. */
    private interface Wants {
        List<Want> of(Subscription registration, PathChain chain);
    }

    /**
     * Follows the paths and watches their chains, again where one was altered meanwhile. A directory that is on the way to
     * many of them is watched and looked at once, or once for each {@value #AT_ONCE}: then others may arm something.
     */
    void files(List<Subscription> registrations) {
        for (int i = 0; i < registrations.size(); i += AT_ONCE) {
            arm(registrations.subList(i, Math.min(i + AT_ONCE, registrations.size())), WatchInstaller::wants);
        }
    }

    private static List<Want> wants(Subscription registration, PathChain chain) {
        List<Want> wants = new ArrayList<>();
        for (PathChain.Link link : chain.names()) {
            DirectoryInterest.Kind kind = link.last() ? DirectoryInterest.Kind.FILE : DirectoryInterest.Kind.NAME;
            wants.add(new Want(link.directory(), NAMES | SELF, new DirectoryInterest(registration, kind, link.name())));
        }
        return wants;
    }

    /** Watches all names in the registration's directory. */
    void names(Subscription registration, DirectoryInterest.Kind kind) {
        int mask = kind == DirectoryInterest.Kind.APPENDS ? Inotify.MODIFY : NAMES;
        arm(
                List.of(registration),
                (r, chain) -> List.of(new Want(r.file(), mask | SELF, new DirectoryInterest(r, kind, ""))));
    }

    private void arm(Collection<Subscription> registrations, Wants wants) {
        lock.lock();
        try {
            Map<Subscription, PathChain> chains = follow(registrations);
            for (int i = 0; i < MAX_PASSES && !chains.isEmpty(); i++) {
                Pass pass = new Pass(chains, wants);
                pass.watch();
                chains = pass.altered();
            }
            chains.keySet()
                    .forEach(Subscription::notImmediate); // it isn't there, or altered faster than it is followed
        } finally {
            lock.unlock();
        }
    }

    private static Map<Subscription, PathChain> follow(Collection<Subscription> registrations) {
        PathChain.Names names = new PathChain.Names();
        Map<Subscription, PathChain> chains = new LinkedHashMap<>();
        for (Subscription each : registrations) {
            if (each.immediate()) {
                chains.put(each, PathChain.of(each.file(), names));
            }
        }
        return chains;
    }

    /** Watches each directory of some chains once, and says of which of them the chain was another one by then. */
    private final class Pass {
        private final Map<Subscription, PathChain> chains;
        private final Map<Subscription, List<Want>> wants = new LinkedHashMap<>();
        private final Map<Path, Integer> watched = new HashMap<>();
        private final Set<Path> unwatchable = new HashSet<>();

        Pass(Map<Subscription, PathChain> chains, Wants wants) {
            this.chains = chains;
            chains.forEach((registration, chain) -> {
                List<Want> all = new ArrayList<>(wants.of(registration, chain));
                DirectoryInterest self = new DirectoryInterest(registration, DirectoryInterest.Kind.SELF, "");
                chain.directories().forEach(directory -> all.add(new Want(directory, SELF, self)));
                this.wants.put(registration, all);
            });
        }

        void watch() {
            Map<Path, Integer> masks = new LinkedHashMap<>();
            wants.values()
                    .forEach(all -> all.forEach(each -> masks.merge(each.directory(), each.mask(), (a, b) -> a | b)));
            masks.forEach(this::watch);
            wants.forEach(this::note);
        }

        private void watch(Path directory, int mask) {
            if (closed || fileSystems.isBlind(directory)) {
                unwatchable.add(directory);
                return;
            }
            try {
                watched.put(directory, kernel.addDirectory(directory.toString(), mask));
            } catch (PosixException e) {
                if (e.errno() != ENOENT && e.errno() != ENOTDIR) { // else the path leads somewhere else now
                    unwatchable.add(directory);
                    warn(e);
                }
            }
        }

        /** One at a time, so that nobody who drains waits for all of them. */
        private void note(Subscription registration, List<Want> all) {
            watcherLock.lock();
            try {
                for (Want each : all) {
                    Integer watch = watched.get(each.directory());
                    if (watch != null) {
                        watches.add(watch, each.interest());
                        registration.hold(watch, each.interest());
                    } else if (unwatchable.contains(each.directory())) {
                        registration.notImmediate();
                    }
                }
            } finally {
                watcherLock.unlock();
            }
        }

        /**
         * Those whose chain is another one now than is watched. What was done before the interests were noted was told of to
         * nobody; a directory that was replaced by then shows by its watch, which is for another one, and where there was a
         * link it is no directory.
         */
        Map<Subscription, PathChain> altered() {
            Set<Path> kept = new HashSet<>(watched.keySet());
            kept.removeIf(directory -> !isStillThere(directory));
            Map<Subscription, PathChain> altered = follow(chains.keySet());
            altered.entrySet()
                    .removeIf(now -> now.getValue().equals(chains.get(now.getKey()))
                            && wants.get(now.getKey()).stream().allMatch(each -> kept.contains(each.directory())));
            return altered;
        }

        private boolean isStillThere(Path directory) {
            try {
                int now = kernel.addDirectory(directory.toString(), SELF);
                watcherLock.lock();
                try {
                    watches.addUnused(now);
                } finally {
                    watcherLock.unlock();
                }
                return watched.get(directory) == now;
            } catch (PosixException e) {
                return false;
            }
        }
    }

    private void warn(PosixException e) {
        if (warned.add(e.errno())) {
            LOG.warn(
                    "{}; what can't be watched is compared every {}. If there is \"no space left\", raise"
                            + " fs.inotify.max_user_watches (sysctl)",
                    e.getMessage(),
                    settings.pollInterval());
        }
    }

    /**
     * Watches one directory.
     *
     * @param note called with the watch's number under the watcher's lock, to add who is interested in it
     */
    void directory(Path directory, int mask, IntConsumer note) throws PosixException {
        lock.lock();
        try {
            if (closed) {
                throw new PosixException("inotify_add_watch(" + directory + ")", EBADF, "the watcher is closed");
            }
            int watch = kernel.addDirectory(directory.toString(), mask);
            watcherLock.lock();
            try {
                note.accept(watch);
            } finally {
                watcherLock.unlock();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Gives the kernel back what nobody needs; another time when somebody is arming just now. */
    void removeUnused() {
        if (!lock.tryLock()) {
            return;
        }
        try {
            List<Integer> unused;
            watcherLock.lock();
            try {
                unused = watches.takeUnused();
            } finally {
                watcherLock.unlock();
            }
            if (!closed) {
                unused.forEach(kernel::remove);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Arms nothing from now on. False when somebody still waits for the disk: then the descriptor must stay open. */
    boolean close() {
        try {
            if (!lock.tryLock(2, TimeUnit.SECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            closed = true;
            return true;
        } finally {
            lock.unlock();
        }
    }
}
