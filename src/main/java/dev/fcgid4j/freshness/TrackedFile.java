/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.watch.FileStamp;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.writers.WriterWatch;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file that workers of a class have loaded: its watch, and which version each worker has loaded.
 *
 * <h2>Watch</h2>
 *
 * <p>{@link TrackedFileWatcher} installs the watch, in the order {@link #beginWatch}, {@link #watched}, {@link #endWatch}. A
 * change marks the watch as disturbed, because the path may lead through other directories afterwards.
 *
 * <h2>Change count</h2>
 *
 * <p>{@link #changeCount} increases with each reported change. Code that looks at the file asks for the count first, so that
 * a change during the look isn't lost.
 *
 * <p>Threading: any thread. Installing a watch blocks, and one thread at a time does it.
 */
final class TrackedFile implements FileWatcher.FileListener {

    private final Path path;
    private final FreshnessEnvironment environment;
    private final FilePresence presence;
    private final Listener listener;
    private final Map<Worker, LoadedVersion> loadedBy = new ConcurrentHashMap<>();
    private final AtomicInteger changeCount = new AtomicInteger();
    private volatile @Nullable WriterWatch watch;
    private volatile boolean disturbed;
    private volatile boolean beingWatched; // a thread is installing the watch
    private volatile boolean closed;
    private volatile FileStamp directory = FileStamp.MISSING; // the parent when the file was last seen

    // The file has been watched without a gap since then, and no change was reported; on the pool's clock.
    private volatile long unchangedSinceNanos;

    /** Called by any thread that drains the watcher, except {@link #watched}. */
    interface Listener {

        /** The file may have changed, and no writer is open. */
        void changed(TrackedFile file);

        /** A writer has begun to write the file in place. */
        void beingWritten(Path path);

        /** The file is watched. Called by the thread that has installed the watch. */
        void watched(TrackedFile file, boolean exists);
    }

    /**
     * Creates a file that isn't watched yet.
     *
     * @param quietNanos the file may be missing for so long before it counts as removed (FcgidQuietTime)
     */
    TrackedFile(Path path, long quietNanos, FreshnessEnvironment environment, Listener listener) {
        this.path = path;
        this.presence = new FilePresence(path, quietNanos);
        this.environment = environment;
        this.listener = listener;
    }

    Path path() {
        return path;
    }

    // ---- workers --------------------------------------------------------------------------------------------------

    /** The workers that have loaded the file. */
    Collection<Worker> workers() {
        return List.copyOf(loadedBy.keySet());
    }

    Optional<LoadedVersion> versionOf(Worker worker) {
        return Optional.ofNullable(loadedBy.get(worker));
    }

    void loaded(Worker worker, LoadedVersion version) {
        loadedBy.put(worker, version);
    }

    void forget(Worker worker) {
        loadedBy.remove(worker);
    }

    // ---- reports of the watcher -----------------------------------------------------------------------------------

    @Override
    public void changed(Path changed) {
        disturbed = true; // the path may lead through other directories now
        unchangedSinceNanos = environment.now();
        changeCount.incrementAndGet();
        listener.changed(this);
    }

    @Override
    public void beingWritten(Path changed) {
        listener.beingWritten(path);
    }

    // ---- watch ----------------------------------------------------------------------------------------------------

    /** Returns whether no watch covers the present place of the file for certain. */
    boolean needsWatch() {
        return (watch == null || disturbed || beingWatched) && !closed;
    }

    void beginWatch() {
        beingWatched = true;
        disturbed = false;
    }

    /** Ends the installation. If it has failed, the file needs a watch again. */
    void endWatch(@Nullable WriterWatch fresh) {
        if (beingWatched) {
            disturbed = true;
            beingWatched = false;
            if (fresh != null) {
                fresh.close();
            }
        }
    }

    /** The watch is installed. Takes a first look at the file. */
    synchronized void watched(WriterWatch fresh) {
        if (closed) {
            return; // endWatch closes the watch
        }
        unchangedSinceNanos = environment.now();
        boolean exists = !environment.files().stamp(path).equals(FileStamp.MISSING);
        presence.observed(exists, unchangedSinceNanos);
        listener.watched(this, exists);
        if (exists) {
            directory = presentDirectory();
        }
        WriterWatch old = watch;
        watch = fresh;
        beingWatched = false;
        if (old != null) {
            old.compare(); // reports what changed before the new stamp was taken
            old.close();
        }
    }

    /** Returns whether the file must be watched again after a change. A polling watch follows the path by itself. */
    boolean needsWatchAfterChange() {
        return beingWatched || !isPolled();
    }

    /** Returns whether the kernel reports the changes of the file. */
    boolean isImmediate() {
        WriterWatch installed = watch;
        return installed != null && installed.immediate();
    }

    /** Returns whether the file is watched, but the kernel doesn't report its changes. */
    boolean isPolled() {
        WriterWatch installed = watch;
        return installed != null && !installed.immediate();
    }

    /** Reports a change that the kernel doesn't report. Blocks. */
    void compare() {
        WriterWatch installed = watch;
        if (installed != null) {
            installed.compare();
        }
    }

    /** {@link WriterWatch#isBeingChanged}. Reads the disk. */
    boolean isBeingChanged() {
        WriterWatch installed = watch;
        return installed != null && installed.isBeingChanged();
    }

    /** Ends the watch for ever. */
    synchronized void close() {
        closed = true;
        WriterWatch installed = watch;
        if (installed != null) {
            installed.close();
        }
    }

    // ---- questions ------------------------------------------------------------------------------------------------

    /** The number of changes that were reported. */
    int changeCount() {
        return changeCount.get();
    }

    /** Returns whether certainly no change was made since this time on the pool's clock. Reads pending reports first. */
    boolean isUnchangedSince(long nanos) {
        environment.watcher().drain();
        compare();
        return unchangedSinceNanos - nanos < 0;
    }

    /** A worker has read the file, so it existed. */
    void seen() {
        presence.seen();
    }

    /** The file, if it was missing when it was last watched and may return. */
    Optional<MissingFile> missing() {
        return presence.missing(environment.now());
    }

    /**
     * Returns whether a missing file has done nothing but leave its directory since a worker was known to have the present
     * version. Otherwise another version may have been there meanwhile.
     */
    boolean hasOnlyDisappeared(LoadedVersion loaded) {
        return loaded.changesUntil(changeCount.get()) <= 1 && directory.equals(presentDirectory());
    }

    private FileStamp presentDirectory() {
        Path parent = path.getParent();
        return parent == null
                ? FileStamp.MISSING
                : environment.files().stamp(parent).ofPlace();
    }
}
