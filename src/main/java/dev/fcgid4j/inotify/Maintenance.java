/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.limits.EnduringLoop;
import dev.fcgid4j.watch.Poller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * What a watcher does four times a second: reads the events, so that the kernel's queue can't overflow while no request
 * comes; ends quiet times; removes unused watches; ticks what is attached; and compares files at each polling interval.
 *
 * <p>Threading: one thread at a time ticks, usually that of the {@link #loop}. It waits for the disk, and takes the watcher's
 * lock.
 */
final class Maintenance {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final InotifyQueue queue;
    private final Watched watched;
    private final Poller poller;
    private final long pollNanos;
    private final LongSupplier nanoTime;
    private final List<Runnable> attached = new CopyOnWriteArrayList<>();
    private long pollAtNanos; // owned by the thread that ticks

    /** A watcher's state, which its lock guards, and the reader of its events. */
    record Watched(WatchTable table, WritesInProgress writes, EventReader events) {}

    Maintenance(InotifyQueue queue, Watched watched, Poller poller, Duration pollInterval, LongSupplier nanoTime) {
        this.queue = queue;
        this.watched = watched;
        this.poller = poller;
        this.pollNanos = pollInterval.toNanos();
        this.nanoTime = nanoTime;
        this.pollAtNanos = nanoTime.getAsLong() + pollNanos;
    }

    /** Adds a task to each tick; any thread. It runs before files are compared. */
    void attach(Runnable tick) {
        attached.add(tick);
    }

    /** The thread that ticks until the queue is closed. */
    EnduringLoop loop() {
        return new EnduringLoop("fcgid4j-watch", "watching files", this::pass, queue::isClosed);
    }

    /** Waits for the next tick, and ticks. */
    void pass() {
        // It wakes up at the moment at which a comparison is due: at a tick just before, the comparison would be put
        // off
        // until the next one.
        long untilPollNanos = pollAtNanos - nanoTime.getAsLong();
        LockSupport.parkNanos(this, Math.max(1, Math.min(TICK_NANOS, untilPollNanos)));
        try {
            watched.events().drain();
            tick(nanoTime.getAsLong());
        } catch (RuntimeException | Error e) {
            pollAtNanos = nanoTime.getAsLong() + pollNanos; // not at once again
            throw e;
        }
    }

    /** Does what is due, but for reading the events. */
    void tick(long nowNanos) {
        endClosedWrites();
        queue.asOwner(() -> watched.writes().endDue(nowNanos));
        queue.removeUnused(watched.table()::takeUnused);
        attached.forEach(Runnable::run);
        if (pollAtNanos - nowNanos <= 0 && !queue.isClosed()) {
            pollAtNanos = nowNanos + pollNanos;
            poller.compareAll(nowNanos);
        }
    }

    /** Asks for the writers without the watcher's lock, because that opens their files, and event loops take the lock. */
    private void endClosedWrites() {
        List<WritesInProgress.OpenWrites> open = new ArrayList<>();
        queue.asOwner(() -> open.addAll(watched.writes().openWrites()));
        open.stream()
                .filter(WritesInProgress.OpenWrites::areClosed)
                .forEach(each -> queue.asOwner(() -> each.end(watched.events()::drain)));
    }
}
