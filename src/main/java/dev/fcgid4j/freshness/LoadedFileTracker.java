/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Knows which worker of a class has loaded which files. Each file is watched once, for all workers.
 *
 * <p>A file stays watched after its workers have ended, so that no worker starts while the file is being written.
 *
 * <p>Threading: {@link #verify} blocks, and one thread at a time calls it for one worker; any thread may call the rest.
 */
final class LoadedFileTracker {

    private static final int MAX_FILES = 20_000;
    private static final int MAX_SEARCHED = 300;

    /** PATH_MAX of Linux: no process can open a longer path. */
    private static final int MAX_PATH_LENGTH = 4096;

    private final ProcessClass processClass;
    private final FreshnessEnvironment environment;
    private final long quietNanos;
    private final FileSystemClocks clocks;
    private final Listener listener;
    private final TrackedFileWatcher watcher;
    private final Rewatching rewatching;
    private final LoadedFileVerifier verifier;
    private final Map<Path, TrackedFile> tracked = new ConcurrentHashMap<>();
    private final Set<TrackedFile> missing = ConcurrentHashMap.newKeySet(); // when they were watched last
    private final Map<Worker, TrackedWorker> workers = new ConcurrentHashMap<>();
    private final AtomicBoolean warnedOfLimit = new AtomicBoolean();
    private volatile boolean closed;

    /** Called by any thread that drains the watcher, except {@link #watchedAgain}. */
    interface Listener {

        /** A file may have changed and no writer is open. {@link #verify} tells which of the workers must go. */
        void changed(Path file, Collection<Worker> loadedBy);

        /** A writer has begun to write a file in place. */
        void beingWritten(Path file);

        /** Changed files are watched at their present place; until now, changes there were not reported. May block. */
        void watchedAgain();
    }

    /**
     * Creates a tracker without files.
     *
     * @param quietNanos a file may be missing for so long before it counts as removed (FcgidQuietTime)
     */
    LoadedFileTracker(
            ProcessClass processClass,
            FreshnessEnvironment environment,
            long quietNanos,
            FileSystemClocks clocks,
            Listener listener) {
        this.processClass = processClass;
        this.environment = environment;
        this.quietNanos = quietNanos;
        this.clocks = clocks;
        this.listener = listener;
        this.watcher = new TrackedFileWatcher(environment.writers());
        this.rewatching = new Rewatching(watcher, environment.blocking(), listener::watchedAgain);
        this.verifier = new LoadedFileVerifier(environment, clocks, watcher, this::track);
    }

    // ---- workers --------------------------------------------------------------------------------------------------

    /**
     * A worker's process was started.
     *
     * @param beforeNanos a time on the pool's clock before the start
     */
    void begin(Worker worker, ApplicationProcess process, long beforeNanos) {
        process.reportFile().ifPresent(file -> clocks.made(environment.files().stamp(file), environment.now()));
        for (Path file : processClass.policy().files()) {
            clocks.seen(environment.files().stamp(file), environment.now());
        }
        Path directory = processClass.command().directory();
        LoadReportReader reader = new LoadReportReader(process, directory, beforeNanos, environment);
        workers.put(worker, new TrackedWorker(worker, reader));
    }

    /** A worker's process has ended. */
    void end(Worker worker) {
        TrackedWorker ended = workers.remove(worker);
        if (ended != null) {
            ended.forget();
        }
    }

    /** Adds a path that a response has named; {@link #verify} takes it up. */
    void name(Worker worker, Path file) {
        TrackedWorker known = workers.get(worker);
        if (known != null) {
            known.reader().name(file);
        }
    }

    /**
     * Compares the files that a worker has loaded, or that have changed, since the last call. Blocks.
     *
     * @param withExecutables whether to read the executed programs and libraries too
     */
    VerificationResult verify(Worker worker, boolean withExecutables) {
        TrackedWorker known = workers.get(worker);
        if (known == null || closed || !processClass.policy().loads()) {
            return VerificationResult.UNCHANGED;
        }
        VerificationResult result = verifier.verify(known, withExecutables);
        if (workers.get(worker) != known) {
            known.forget(); // it has ended meanwhile
        }
        return result;
    }

    /** Returns the tracked file; empty if all workers share it, if the class has too many, or if the path is too long. */
    private Optional<TrackedFile> track(Path path) {
        if (processClass.policy().files().contains(path) || path.toString().length() > MAX_PATH_LENGTH) {
            return Optional.empty();
        }
        TrackedFile file = tracked.get(path);
        if (file == null && tracked.size() >= MAX_FILES) {
            warnOfLimit(path);
            return Optional.empty();
        }
        if (file == null) {
            file = tracked.computeIfAbsent(
                    path, p -> new TrackedFile(p, quietNanos, environment, new TrackedFileReports()));
        }
        if (closed) {
            file.close();
        }
        return Optional.of(file);
    }

    private void warnOfLimit(Path path) {
        if (warnedOfLimit.compareAndSet(false, true)) {
            environment.listener().onEvent(new FcgiEvent.TooManyLoadedFiles(processClass.name(), MAX_FILES, path));
        }
    }

    // ---- before a start -------------------------------------------------------------------------------------------

    /** Watches the files again whose path may lead to another place. Blocks. */
    void watchAgain() {
        watcher.watch(tracked.values());
    }

    /** Returns the missing files. Blocks. */
    List<MissingFile> missing() {
        watchAgain();
        return missing.stream()
                .map(TrackedFile::missing)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Reports the changes that the kernel doesn't report. Blocks. */
    void compare() {
        tracked.values().forEach(TrackedFile::compare);
    }

    // ---- questions ------------------------------------------------------------------------------------------------

    /**
     * Returns whether a file is being changed and that is not reported yet, or may be. So it is
     *
     * <ul>
     *   <li>if a writer is found, among the first {@value #MAX_SEARCHED} files;
     *   <li>if a changed file is not yet watched at its present place;
     *   <li>if a file is missing: a worker may be about to load it, even if no living worker has loaded it.
     * </ul>
     *
     * <p>Reads the disk.
     */
    boolean anyIsBeingChanged() {
        return rewatching.isPending()
                || missing.stream().anyMatch(file -> file.missing().isPresent())
                || tracked.values().stream().limit(MAX_SEARCHED).anyMatch(TrackedFile::isBeingChanged);
    }

    /** Returns whether the kernel doesn't report the changes of a file. */
    boolean anyPolled() {
        return tracked.values().stream().anyMatch(TrackedFile::isPolled);
    }

    /** Returns the first paths in alphabetical order. */
    List<String> some(int most) {
        return tracked.keySet().stream()
                .map(Path::toString)
                .sorted()
                .limit(most)
                .toList();
    }

    /** The number of files. */
    int size() {
        return tracked.size();
    }

    /** Ends all watches for ever. */
    void close() {
        closed = true;
        for (TrackedFile file : new HashSet<>(tracked.values())) {
            file.close();
        }
    }

    /** Receives the reports of all files. */
    private final class TrackedFileReports implements TrackedFile.Listener {

        @Override
        public void changed(TrackedFile file) {
            Collection<Worker> loadedBy = file.workers();
            for (Worker worker : loadedBy) {
                TrackedWorker known = workers.get(worker);
                if (known != null) {
                    known.changed(file);
                }
            }
            listener.changed(file.path(), loadedBy);
            if (file.needsWatchAfterChange()) {
                rewatching.add(file);
            }
        }

        @Override
        public void beingWritten(Path path) {
            listener.beingWritten(path);
        }

        @Override
        public void watched(TrackedFile file, boolean exists) {
            if (exists) {
                missing.remove(file);
            } else {
                missing.add(file);
            }
        }
    }
}
