/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.process.LoadedFile;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A file that workers of a class have loaded: its watch, and what it was like for each of them.
 *
 * <p>Threading: any thread; arming blocks, and one thread at a time does it.
 */
final class KnownFile implements FileWatcher.FileListener {

    private final Path path;
    private final FileWatcher watcher;
    private final LongSupplier nanoTime;
    private final Listener listener;
    private final Map<Worker, Load> loadedBy = new ConcurrentHashMap<>();
    private volatile FileWatcher.@Nullable Watch watch;
    private volatile boolean disturbed;
    private volatile boolean closed;

    // Since when it has been watched without a gap and nothing was told; on the pool's clock.
    private volatile long untouchedSinceNanos;

    /**
     * How a worker has it.
     *
     * @param readNanos a moment on the pool's clock before which the worker can't have read it
     */
    record Load(LoadedFile file, long readNanos) {}

    /** Told by whoever drains the watcher. */
    interface Listener {

        /** It may have changed, and is complete. */
        void touched(KnownFile file);

        /** Somebody writes it in place and isn't done. */
        void beingWritten(Path path);
    }

    KnownFile(Path path, FileWatcher watcher, LongSupplier nanoTime, Listener listener) {
        this.path = path;
        this.watcher = watcher;
        this.nanoTime = nanoTime;
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
        listener.touched(this);
    }

    @Override
    public void beingWritten(Path changed) {
        listener.beingWritten(path);
    }

    /** Watches it, anew if anything on its way was changed. Blocks. */
    synchronized void arm() {
        FileWatcher.Watch old = watch;
        if ((old == null || disturbed) && !closed) {
            disturbed = false;
            FileWatcher.Watch fresh = watcher.watchFiles(List.of(path), this);
            untouchedSinceNanos = nanoTime.getAsLong();
            watch = fresh;
            if (old != null) {
                old.compare(); // what changed before the new stamp was taken
                old.close();
            }
        }
    }

    /** Learns now of a change that was not told of yet. Blocks. */
    void compare() {
        FileWatcher.Watch armed = watch;
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
        FileWatcher.Watch armed = watch;
        return armed != null && armed.immediate();
    }

    /** Whether the kernel can't tell of it. */
    boolean isPolled() {
        FileWatcher.Watch armed = watch;
        return armed != null && !armed.immediate();
    }

    synchronized void close() {
        closed = true;
        FileWatcher.Watch armed = watch;
        if (armed != null) {
            armed.close();
        }
    }
}
