/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Compares files and directories whose changes the kernel doesn't report.
 *
 * <p>Threading: any thread that may block. Each {@link Comparison} has a lock, which is held from reading the disk until
 * the changes are reported. So a thread that compares next can rely on the reports of the one before. No other lock is
 * held while the disk is read: a slow file system delays only the threads that compare.
 */
public final class Poller {

    private final LongSupplier nanoTime;
    private final Set<Comparison> all = new LinkedHashSet<>(); // guarded by itself
    private final AtomicLong rounds = new AtomicLong();

    /**
     * Creates one without files.
     *
     * @param nanoTime the clock; compared by subtraction
     */
    public Poller(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * Compares a file from now on. Reads the disk.
     *
     * @param changed receives an empty name at each change
     */
    public Comparison addFile(Path file, Consumer<String> changed) {
        return add(new PolledFile(file, nanoTime.getAsLong()), changed);
    }

    /**
     * Compares the entries of a directory from now on. Reads the disk.
     *
     * @param changed receives the name of each entry that changed
     */
    public Comparison addNames(Path directory, Consumer<String> changed) {
        return add(new PolledNames(directory), changed);
    }

    Comparison add(Polled polled, Consumer<String> changed) {
        Comparison added = new Comparison(polled, changed);
        synchronized (all) {
            all.add(added);
        }
        return added;
    }

    /** Compares everything, in the order in which it was added. */
    public void compareAll(long nowNanos) {
        List<Comparison> now;
        synchronized (all) {
            now = List.copyOf(all);
        }
        now.forEach(each -> each.compare(nowNanos));
        if (!now.isEmpty()) {
            rounds.incrementAndGet();
        }
    }

    /** Counts the calls of {@link #compareAll} that have ended and had something to compare. */
    public long rounds() {
        return rounds.get();
    }

    /** One file or directory that is compared. */
    public final class Comparison {
        private final Polled polled;
        private final Consumer<String> changed;
        private final ReentrantLock comparing = new ReentrantLock();

        private Comparison(Polled polled, Consumer<String> changed) {
            this.polled = polled;
            this.changed = changed;
        }

        /** Compares now. When the call returns, every change that was found has been reported. */
        public void compare() {
            compare(nanoTime.getAsLong());
        }

        private void compare(long nowNanos) {
            comparing.lock();
            try {
                polled.changed(nowNanos).forEach(changed);
            } finally {
                comparing.unlock();
            }
        }

        /** Compares no more; a comparison that runs now may still report. Twice is harmless. */
        public void close() {
            synchronized (all) {
                all.remove(this);
            }
        }
    }
}
