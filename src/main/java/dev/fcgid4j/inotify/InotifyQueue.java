/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One inotify descriptor: adds and removes its watches, and reads its events.
 *
 * <h2>Threading</h2>
 *
 * Any thread. There are two locks.
 *
 * <ul>
 *   <li>The owner's lock guards what the owner of this queue knows about each watch. It is held while events are read. The
 *       disk is never waited for under it.
 *   <li>The installation lock is held while watches are added or removed, which may wait for the disk. So a slow file
 *       system delays threads that begin a watch there, and no thread that reads events.
 * </ul>
 *
 * The installation lock is taken before the owner's lock, never after it. No watch is removed while the installation lock
 * is held. So the kernel may return the number of a watch that is out of use, and the watch still exists when the owner
 * notes its new use.
 *
 * <h2>Ownership</h2>
 *
 * The queue owns the descriptor. {@link #close} closes it, unless a thread waits for the disk with it.
 */
public final class InotifyQueue {

    private static final long CLOSE_SECONDS = 2;
    private static final int EBADF = 9;

    private final @Nullable Inotify descriptor;
    private final ReentrantLock owner;
    private final ReentrantLock installing = new ReentrantLock();
    private boolean stopped; // guarded by the installation lock
    private volatile boolean closed; // written under the owner's lock

    private InotifyQueue(@Nullable Inotify descriptor, ReentrantLock owner) {
        this.descriptor = descriptor;
        this.owner = owner;
    }

    /**
     * Opens a descriptor.
     *
     * @param owner the owner's lock
     * @throws PosixException if the kernel has none, or fs.inotify.max_user_instances is reached
     */
    public static InotifyQueue open(ReentrantLock owner) throws PosixException {
        return new InotifyQueue(Inotify.open(), owner);
    }

    /** A queue without a descriptor: it is never open, adds no watch, and has no events. */
    public static InotifyQueue unavailable(ReentrantLock owner) {
        return new InotifyQueue(null, owner);
    }

    /** Returns whether there is a descriptor that isn't closed. */
    public boolean isOpen() {
        return descriptor != null && !closed;
    }

    /** Returns whether {@link #close} was called. */
    public boolean isClosed() {
        return closed;
    }

    // ---- watches ----------------------------------------------------------------------------------------------------

    /** Runs a task that adds watches, under the installation lock. */
    void whileInstalling(Runnable task) {
        installing.lock();
        try {
            task.run();
        } finally {
            installing.unlock();
        }
    }

    /** Runs a short task under the owner's lock. */
    void asOwner(Runnable task) {
        owner.lock();
        try {
            task.run();
        } finally {
            owner.unlock();
        }
    }

    /**
     * Watches a directory for these events, in addition to those it is watched for already. Waits for the disk.
     *
     * @return the watch's number; the same for the same directory as long as it is watched
     */
    int add(Path directory, int mask) throws PosixException {
        installing.lock();
        try {
            if (stopped || descriptor == null) {
                throw new PosixException("inotify_add_watch(" + directory + ")", EBADF, "the watcher is closed");
            }
            return descriptor.addDirectory(directory.toString(), mask);
        } finally {
            installing.unlock();
        }
    }

    /**
     * Watches a directory, as {@link #add(Path, int)}, and notes its use.
     *
     * @param note receives the watch's number, under the owner's lock
     */
    public void add(Path directory, int mask, IntConsumer note) throws PosixException {
        installing.lock();
        try {
            int watch = add(directory, mask);
            asOwner(() -> note.accept(watch));
        } finally {
            installing.unlock();
        }
    }

    /**
     * Removes watches. Does nothing while a watch is being added.
     *
     * @param unused takes the watches that nothing uses any more out of the owner's state; called under the owner's lock
     */
    public void removeUnused(Supplier<List<Integer>> unused) {
        if (!installing.tryLock()) {
            return;
        }
        try {
            List<Integer> taken = new ArrayList<>();
            asOwner(() -> taken.addAll(unused.get()));
            if (!stopped && descriptor != null) {
                taken.forEach(descriptor::remove);
            }
        } finally {
            installing.unlock();
        }
    }

    // ---- events -----------------------------------------------------------------------------------------------------

    /**
     * Returns the events that were queued before this call; none if nothing happened, or if the queue is closed. The caller
     * holds the owner's lock. Never blocks.
     */
    public List<Inotify.Event> read() throws PosixException {
        return descriptor == null || closed ? List.of() : descriptor.read();
    }

    /**
     * Closes the queue. Waits up to two seconds for threads that add watches. Twice is harmless.
     *
     * @param clear clears the owner's state; called once, under the owner's lock
     */
    public void close(Runnable clear) {
        boolean idle = stop();
        asOwner(() -> {
            if (!closed) {
                closed = true;
                clear.run();
                if (idle && descriptor != null) {
                    descriptor.close();
                }
            }
        });
    }

    /** Adds no watch from now on. False if a thread still waits for the disk: the descriptor must stay open for it. */
    private boolean stop() {
        try {
            if (!installing.tryLock(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            stopped = true;
            return true;
        } finally {
            installing.unlock();
        }
    }
}
