/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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

    private final WatchSettings settings;
    private final Inotify kernel;
    private final ReentrantLock watcherLock;
    private final KernelWatches watches;
    private final FileSystems fileSystems = new FileSystems();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the arming lock.
    private boolean warned;
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
                for (PathChain.Link link : chain.names()) {
                    Interest.Kind kind = link.last() ? Interest.Kind.FILE : Interest.Kind.NAME;
                    add(registration, link.directory(), NAMES | SELF, new Interest(registration, kind, link.name()));
                }
                selves(registration, chain);
                PathChain now = PathChain.of(registration.file());
                if (now.equals(chain)) {
                    return;
                }
                chain = now;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Watches all names in the registration's directory. */
    void names(Registration registration, Interest.Kind kind) {
        Path directory = registration.file();
        lock.lock();
        try {
            int mask = kind == Interest.Kind.APPENDS ? Inotify.MODIFY : NAMES;
            add(registration, directory, mask | SELF, new Interest(registration, kind, ""));
            selves(registration, PathChain.of(directory));
        } finally {
            lock.unlock();
        }
    }

    private void selves(Registration registration, PathChain chain) {
        for (Path directory : chain.directories()) {
            add(registration, directory, SELF, new Interest(registration, Interest.Kind.SELF, ""));
        }
    }

    private void add(Registration registration, Path directory, int mask, Interest interest) {
        if (!registration.immediate() || closed || fileSystems.isBlind(directory)) {
            registration.notImmediate();
            return;
        }
        try {
            int watch = kernel.addDirectory(directory.toString(), mask);
            watcherLock.lock();
            try {
                watches.add(watch, interest);
                registration.hold(watch, interest);
            } finally {
                watcherLock.unlock();
            }
        } catch (PosixException e) {
            registration.notImmediate();
            if (!warned) {
                warned = true;
                LOG.warn(
                        "{}; what can't be watched is compared every {}. If there is \"no space left\", raise"
                                + " fs.inotify.max_user_watches (sysctl)",
                        e.getMessage(),
                        settings.pollInterval());
            }
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
