/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the kernel's events, and reports each to the subscriptions that it concerns.
 *
 * <p>Threading: any thread. Takes the watcher's lock, and holds it while listeners are called. So a thread that drains at
 * the same time waits until they have returned.
 */
final class EventReader {

    private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
    private static final int SELF = Inotify.DELETE_SELF | Inotify.MOVE_SELF | Inotify.UNMOUNT;

    private final ReentrantLock lock;
    private final InotifyQueue queue;
    private final WatchTable table;
    private final WritesInProgress writes;

    // Guarded by the lock: a reading of events has begun and not ended.
    private boolean lossy;

    /**
     * Creates one.
     *
     * @param lock the watcher's; it guards the table and the writes
     */
    EventReader(ReentrantLock lock, InotifyQueue queue, WatchTable table, WritesInProgress writes) {
        this.lock = lock;
        this.queue = queue;
        this.table = table;
        this.writes = writes;
    }

    /** Reports everything that happened before this call. One system call if nothing did. */
    void drain() {
        if (queue.isOpen()) {
            afterDraining(() -> {});
        }
    }

    /** Drains, and does something before any other thread can drain. */
    void afterDraining(Runnable next) {
        lock.lock();
        try {
            readAll();
            next.run();
        } finally {
            lock.unlock();
        }
    }

    /** If a listener throws, the events that were read with its event are lost; then everything counts as changed. */
    private void readAll() {
        boolean afterLoss = lossy;
        lossy = true;
        if (afterLoss) {
            reportEverything();
        }
        try {
            List<Inotify.Event> events = queue.read();
            while (!events.isEmpty()) {
                events.forEach(this::report);
                events = queue.read();
            }
        } catch (PosixException e) {
            LOG.error("reading file events failed; everything counts as changed", e);
            reportEverything();
        }
        lossy = false;
    }

    private void report(Inotify.Event event) {
        if (event.is(Inotify.Q_OVERFLOW)) {
            LOG.warn("the kernel's queue of file events overflowed; everything counts as changed");
            reportEverything();
            return;
        }
        if (event.is(Inotify.IGNORED)) {
            table.ended(event.watch());
            return;
        }
        for (DirectoryInterest interest : table.concerned(event.watch(), event.name())) {
            switch (interest.kind()) {
                case SELF -> {
                    if (event.is(SELF)) {
                        interest.owner().reportAllChanged();
                    }
                }
                case APPENDS -> {
                    if (event.is(Inotify.MODIFY)) {
                        interest.owner().reportChanged(event.name());
                    }
                }
                case NAME, FILE, NAMES -> reportName(interest.in(event.name()), event);
            }
        }
    }

    private void reportName(DirectoryInterest interest, Inotify.Event event) {
        if (interest.kind() != DirectoryInterest.Kind.NAME && isWrite(interest, event)) {
            writes.written(interest);
        } else if (!event.is(Inotify.MODIFY)) {
            writes.completed(interest);
        }
    }

    private static boolean isWrite(DirectoryInterest interest, Inotify.Event event) {
        return event.is(Inotify.MODIFY)
                || (interest.kind() == DirectoryInterest.Kind.FILE
                        && event.is(Inotify.CREATE)
                        && !event.is(Inotify.ISDIR)
                        && isBeingCreated(interest));
    }

    /** A new plain file is still being written by its creator. A new link to an old file is complete. */
    private static boolean isBeingCreated(DirectoryInterest interest) {
        Path file = interest.owner().path();
        try {
            return file.endsWith(interest.name())
                    && !Files.isSymbolicLink(file)
                    && Integer.valueOf(1).equals(Files.getAttribute(file, "unix:nlink"));
        } catch (IOException e) {
            return false;
        }
    }

    private void reportEverything() {
        writes.clear();
        List.copyOf(table.all()).forEach(Subscription::reportAllChanged);
    }
}
