/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.watch.FileStamp;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.writers.TreeWatch;
import dev.fcgid4j.writers.WriterDetector;
import dev.fcgid4j.writers.WriterWatch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Watches the files that all workers of a class share: those of its {@link dev.fcgid4j.application.ChangePolicy}, and what
 * its patterns match. The watch is installed before a process starts, again for each generation, because patterns may match
 * other files then.
 *
 * <p>Threading: any thread; {@link #install} and {@link #compare} block. One thread at a time installs.
 */
final class ClassFileWatch {

    private static final WriterWatch NONE = WriterWatch.all(List.of());

    private final ProcessClass processClass;
    private final FreshnessEnvironment environment;
    private final FileWatcher.FileListener listener;
    private final long quietNanos;
    private final Set<Path> needed; // the class's files without which it can't start
    private final Map<Path, FilePresence> presences = new ConcurrentHashMap<>(); // of those and of matched files

    // Written under the lock of this, read by any thread: the watch, the part of it that matches patterns.
    private volatile WriterWatch watch = NONE;
    private volatile WriterWatch matched = NONE;
    private volatile boolean polled;

    // Guarded by this.
    private int installedFor = -1; // the generation
    private boolean closed;

    /**
     * Creates one that watches nothing yet.
     *
     * @param listener receives reports, on any thread that drains the watcher
     * @param quietNanos a file may be missing for so long before it counts as removed (FcgidQuietTime)
     */
    ClassFileWatch(
            ProcessClass processClass,
            FreshnessEnvironment environment,
            FileWatcher.FileListener listener,
            long quietNanos) {
        this.processClass = processClass;
        this.environment = environment;
        this.listener = listener;
        this.quietNanos = quietNanos;
        this.needed = processClass.policy().files().stream()
                .filter(processClass.command()::names)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Watches the files of a generation, unless they are watched already. Blocks.
     *
     * @param current the generation to watch; asked again for each call, while no other thread installs
     * @return the generation that is watched
     */
    int install(IntSupplier current) {
        synchronized (this) {
            int generation = current.getAsInt();
            if (installedFor != generation && !closed) {
                WriterWatch old = watch;
                watch = watched();
                installedFor = generation;
                old.compare(); // reports what changed before the new stamps were taken
                old.close();
            }
            return generation;
        }
    }

    private WriterWatch watched() {
        WriterDetector writers = environment.writers();
        WriterWatch named = writers.watchFew(processClass.policy().files(), listener);
        TreeWatch trees = TreeWatch.arm(
                environment.watcher(), writers, processClass.policy().globs(), listener);
        matched = trees;
        notePresences(trees.files());
        return WriterWatch.all(List.of(named, trees));
    }

    private void notePresences(Set<Path> found) {
        Stream.concat(needed.stream(), found.stream())
                .forEach(file -> presences.computeIfAbsent(file, f -> new FilePresence(f, quietNanos)));
        presences.forEach((file, presence) -> presence.observed(
                found.contains(file) || !environment.files().stamp(file).equals(FileStamp.MISSING), environment.now()));
        presences
                .entrySet()
                .removeIf(each ->
                        !needed.contains(each.getKey()) && each.getValue().isGone(environment.now()));
    }

    /** Returns the files that a new process may need and that are missing now. */
    List<MissingFile> missing() {
        return presences.values().stream()
                .map(each -> each.missing(environment.now()))
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Finds out again whether files must be compared, because the kernel doesn't report their changes.
     *
     * @param loadedFiles tells it of the files that workers have loaded; asked while no other thread installs a watch, so that
     *     an older answer never replaces a newer one
     */
    synchronized boolean updatePolled(BooleanSupplier loadedFiles) {
        polled = !watch.immediate() || loadedFiles.getAsBoolean();
        return polled;
    }

    /** What {@link #updatePolled} found last. */
    boolean isPolled() {
        return polled;
    }

    /** Reports the changes that the kernel doesn't report. Blocks. */
    void compare() {
        watch.compare();
    }

    /** {@link WriterWatch#isBeingChanged} for all files. Reads the disk. */
    boolean isBeingChanged() {
        return watch.isBeingChanged();
    }

    /** {@link WriterWatch#isBeingChanged} for the files that match a pattern. Reads the disk. */
    boolean isMatchedFileBeingChanged() {
        return matched.isBeingChanged();
    }

    /** Ends the watch for ever. */
    synchronized void close() {
        closed = true;
        watch.close();
        watch = NONE;
        matched = NONE;
    }
}
