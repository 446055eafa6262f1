/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
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
 * <p>Threading: any thread that may block. The arming lock is taken before the watcher's lock, never the other way
 * round. While it is held no watch is removed, so a watch that the kernel has just given again isn't taken away before
 * the new interest in it is noted.
 */
final class Arming {

    private static final Logger LOG = LoggerFactory.getLogger(Arming.class);
    private static final int NAMES = Inotify.MODIFY
            | Inotify.ATTRIB
            | Inotify.CLOSE_WRITE
            | Inotify.MOVED_FROM
            | Inotify.MOVED_TO
            | Inotify.CREATE
            | Inotify.DELETE;
    private static final int SELF = Inotify.DELETE_SELF | Inotify.MOVE_SELF;
    private static final int MAX_ARMING = 10;
    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int ENOTDIR = 20;

    private final WatchSettings settings;
    private final Inotify kernel;
    private final ReentrantLock watcherLock;
    private final KernelWatches watches;
    private final FileSystems fileSystems = new FileSystems();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the arming lock.
    private final Set<Integer> warned = new HashSet<>();
    private boolean closed;

    Arming(WatchSettings settings, Inotify kernel, ReentrantLock watcherLock, KernelWatches watches) {
        this.settings = settings;
        this.kernel = kernel;
        this.watcherLock = watcherLock;
        this.watches = watches;
    }

    /** Follows the path and watches its chain, again if the chain was altered meanwhile. */
    void file(Registration registration) {
        lock.lock();
        try {
            PathChain chain = PathChain.of(registration.file());
            for (int i = 0; i < MAX_ARMING && registration.immediate(); i++) {
                boolean whole = chain(registration, chain);
                PathChain now = PathChain.of(registration.file());
                if (whole && now.equals(chain)) {
                    return;
                }
                chain = now;
            }
            registration.notImmediate(); // it is altered faster than it can be followed
        } finally {
            lock.unlock();
        }
    }

    private boolean chain(Registration registration, PathChain chain) {
        boolean whole = true;
        for (PathChain.Link link : chain.names()) {
            Interest.Kind kind = link.last() ? Interest.Kind.FILE : Interest.Kind.NAME;
            whole &= add(registration, link.directory(), NAMES | SELF, new Interest(registration, kind, link.name()));
        }
        return selves(registration, chain) && whole;
    }

    /** Watches all names in the registration's directory. */
    void names(Registration registration, Interest.Kind kind) {
        Path directory = registration.file();
        lock.lock();
        try {
            int mask = kind == Interest.Kind.APPENDS ? Inotify.MODIFY : NAMES;
            boolean whole = false;
            for (int i = 0; i < MAX_ARMING && registration.immediate() && !whole; i++) {
                whole = add(registration, directory, mask | SELF, new Interest(registration, kind, ""))
                        && selves(registration, PathChain.of(directory));
            }
            if (!whole) {
                registration.notImmediate(); // it isn't there
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean selves(Registration registration, PathChain chain) {
        boolean whole = true;
        for (Path directory : chain.directories()) {
            whole &= add(registration, directory, SELF, new Interest(registration, Interest.Kind.SELF, ""));
        }
        return whole;
    }

    /** False when the directory has vanished: the path leads somewhere else now. */
    private boolean add(Registration registration, Path directory, int mask, Interest interest) {
        if (!registration.immediate() || closed || fileSystems.isBlind(directory)) {
            registration.notImmediate();
            return true;
        }
        try {
            directory(directory, mask, watch -> {
                watches.add(watch, interest);
                registration.hold(watch, interest);
            });
            return true;
        } catch (PosixException e) {
            if (e.errno() == ENOENT || e.errno() == ENOTDIR) {
                return false;
            }
            registration.notImmediate();
            if (warned.add(e.errno())) {
                LOG.warn(
                        "{}; what can't be watched is compared every {}. If there is \"no space left\", raise"
                                + " fs.inotify.max_user_watches (sysctl)",
                        e.getMessage(),
                        settings.pollInterval());
            }
            return true;
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
