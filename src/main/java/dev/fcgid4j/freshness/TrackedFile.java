/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.watch.FileStamp;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.writers.WriterDetector;
import dev.fcgid4j.writers.WriterWatch;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A file that workers of a class have loaded: its watch, and what it was like for each of them.
 *
 * <p>Threading: any thread; arming blocks, and one thread at a time does it.
 */
final class TrackedFile implements FileWatcher.FileListener {

    private static final int NEVER = -1;

    private final Path path;
    private final FileWatcher watcher;
    private final FileSystemView facts;
    private final LongSupplier nanoTime;
    private final FilePresence presence;
    private final Listener listener;
    private final Map<Worker, Load> loadedBy = new ConcurrentHashMap<>();
    private volatile @Nullable WriterWatch watch;
    private volatile boolean disturbed;
    private volatile boolean beingArmed;
    private volatile boolean closed;
    private final AtomicInteger told = new AtomicInteger(); // changes told of
    private volatile FileStamp directory = FileStamp.MISSING; // in which it was when it was last seen

    // Since when it has been watched without a gap and nothing was told; on the pool's clock.
    private volatile long untouchedSinceNanos;

    /** How a worker has it. */
    static final class Load {
        private final LoadedFile file;
        private final long readNanos;
        private volatile int toldWhenCurrent = NEVER;

        /**
         * Creates one.
         *
         * @param readNanos a moment on the pool's clock before which the worker can't have read it
         */
        Load(LoadedFile file, long readNanos) {
            this.file = file;
            this.readNanos = readNanos;
        }

        LoadedFile file() {
            return file;
        }

        long readNanos() {
            return readNanos;
        }

        /** It was found to be what is there; {@link TrackedFile#told} was asked before that was looked at. */
        void isCurrent(int told) {
            toldWhenCurrent = told;
        }
    }

    /** Told by whoever drains the watcher. */
    interface Listener {

        /** It may have changed, and is complete. */
        void touched(TrackedFile file);

        /** Somebody writes it in place and isn't done. */
        void beingWritten(Path path);

        /** It is watched, and was there then or not. By whoever arms it. */
        void noted(TrackedFile file, boolean isThere);
    }

    TrackedFile(FilePresence presence, Path path, FreshnessEnvironment environment, Listener listener) {
        this.presence = presence;
        this.path = path;
        this.watcher = environment.watcher();
        this.facts = environment.files();
        this.nanoTime = environment.nanoTime();
        this.listener = listener;
    }

    Path path() {
        return path;
    }

    /** The workers that have loaded it. */
    Collection<Worker> workers() {
        return List.copyOf(loadedBy.keySet());
    }

    Optional<Load> loadOf(Worker worker) {
        return Optional.ofNullable(loadedBy.get(worker));
    }

    void loaded(Worker worker, Load load) {
        loadedBy.put(worker, load);
    }

    void forget(Worker worker) {
        loadedBy.remove(worker);
    }

    @Override
    public void changed(Path changed) {
        disturbed = true; // its path may lead through other directories now
        untouchedSinceNanos = nanoTime.getAsLong();
        told.incrementAndGet();
        listener.touched(this);
    }

    @Override
    public void beingWritten(Path changed) {
        listener.beingWritten(path);
    }

    /**
     * Watches files, each anew if anything on its way was changed. Blocks.
     *
     * @param arming held meanwhile: whoever returns from here finds all of them watched, whoever has watched them
     */
    static void arm(Collection<TrackedFile> files, WriterDetector writers, Lock arming) {
        if (files.stream().noneMatch(TrackedFile::isUnwatched)) {
            return;
        }
        arming.lock();
        try {
            Map<Path, TrackedFile> due = new LinkedHashMap<>();
            files.stream().filter(TrackedFile::isUnwatched).forEach(each -> due.put(each.path, each));
            arm(due, writers);
        } finally {
            arming.unlock();
        }
    }

    private static void arm(Map<Path, TrackedFile> due, WriterDetector writers) {
        Map<Path, WriterWatch> fresh = new HashMap<>();
        due.values().forEach(TrackedFile::beginArming);
        try {
            fresh.putAll(writers.watchEach(due));
            due.forEach((path, each) -> each.watched(requireNonNull(fresh.get(path))));
        } finally {
            due.forEach((path, each) -> each.endArming(fresh.get(path)));
        }
    }

    private boolean isUnwatched() {
        return (watch == null || disturbed || beingArmed) && !closed;
    }

    private void beginArming() {
        beingArmed = true;
        disturbed = false;
    }

    /** What has failed has to be done again. */
    private void endArming(@Nullable WriterWatch fresh) {
        if (beingArmed) {
            disturbed = true;
            beingArmed = false;
            if (fresh != null) {
                fresh.close();
            }
        }
    }

    private synchronized void watched(WriterWatch fresh) {
        if (closed) {
            return; // so it is ended at once
        }
        untouchedSinceNanos = nanoTime.getAsLong();
        boolean isThere = !facts.stamp(path).equals(FileStamp.MISSING);
        presence.note(isThere, untouchedSinceNanos);
        listener.noted(this, isThere);
        if (isThere) {
            directory = directory();
        }
        WriterWatch old = watch;
        watch = fresh;
        beingArmed = false;
        if (old != null) {
            old.compare(); // what changed before the new stamp was taken
            old.close();
        }
    }

    /** A worker has read it. */
    void wasThere() {
        presence.seen();
    }

    private FileStamp directory() {
        Path parent = path.getParent();
        return parent == null ? FileStamp.MISSING : facts.stamp(parent).ofPlace();
    }

    /** Whether it was away when it was armed last, and may come back. */
    Optional<MissingFile> absence() {
        return presence.absence(nanoTime.getAsLong());
    }

    /** Changes told of until now; to be asked before it is looked at. */
    int told() {
        return told.get();
    }

    /**
     * Of a file that is away: whether all that has happened since a worker was known to have what was there is that it
     * was taken out of its directory. Otherwise it may have been back meanwhile, as another version.
     */
    boolean hasOnlyLeft(Load load) {
        int toldWhenCurrent = load.toldWhenCurrent;
        return toldWhenCurrent != NEVER && told.get() - toldWhenCurrent <= 1 && directory.equals(directory());
    }

    /** Learns now of a change that was not told of yet. Blocks. */
    void compare() {
        WriterWatch armed = watch;
        if (armed != null) {
            armed.compare();
        }
    }

    /** Whether it has been watched since before this moment and no change was told of since; learns of changes first. */
    boolean isUntouchedSince(long nanos) {
        watcher.drain();
        compare();
        return untouchedSinceNanos - nanos < 0;
    }

    /** Whether the kernel tells of its changes. */
    boolean isImmediate() {
        WriterWatch armed = watch;
        return armed != null && armed.immediate();
    }

    /** {@link WriterWatch#isBeingChanged}. */
    boolean isBeingChanged() {
        WriterWatch armed = watch;
        return armed != null && armed.isBeingChanged();
    }

    /** Whether it has to be watched anew when something was told of it: comparisons follow its path each time. */
    boolean isToBeWatchedAnew() {
        return beingArmed || !isPolled();
    }

    /** Whether the kernel can't tell of it. */
    boolean isPolled() {
        WriterWatch armed = watch;
        return armed != null && !armed.immediate();
    }

    synchronized void close() {
        closed = true;
        WriterWatch armed = watch;
        if (armed != null) {
            armed.close();
        }
    }
}
