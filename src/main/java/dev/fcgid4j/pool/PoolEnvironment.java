/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.freshness.FileSystemView;
import dev.fcgid4j.freshness.FreshnessEnvironment;
import dev.fcgid4j.freshness.LoadReports;
import dev.fcgid4j.observe.FcgiListener;
import dev.fcgid4j.process.ProcessLauncher;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.writers.WriterDetector;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The outside world of a pool. The owner of each part closes it; the pool only borrows them. In a simulation each part is a
 * fake.
 *
 * @param launcher starts processes
 * @param watcher reports changed files
 * @param writers finds writers that the watcher has not reported yet
 * @param blocking runs tasks that may block: watching files, comparing them
 * @param starts runs the starts of processes, so that nothing else that blocks delays them, nor they it
 * @param nanoTime the pool's clock; its values are compared by subtraction only
 * @param files reads stamps and contents of files
 * @param loads finds the files that a process has loaded
 * @param listener receives what happens in the pool
 */
public record PoolEnvironment(
        ProcessLauncher launcher,
        FileWatcher watcher,
        WriterDetector writers,
        Executor blocking,
        Executor starts,
        LongSupplier nanoTime,
        FileSystemView files,
        LoadReports loads,
        FcgiListener listener) {

    public PoolEnvironment {
        requireNonNull(launcher, "launcher");
        requireNonNull(watcher, "watcher");
        requireNonNull(writers, "writers");
        requireNonNull(blocking, "blocking");
        requireNonNull(starts, "starts");
        requireNonNull(nanoTime, "nanoTime");
        requireNonNull(files, "files");
        requireNonNull(loads, "loads");
        requireNonNull(listener, "listener");
    }

    /** Starts processes by the executor of all that blocks. */
    public PoolEnvironment(
            ProcessLauncher launcher,
            FileWatcher watcher,
            WriterDetector writers,
            Executor blocking,
            LongSupplier nanoTime,
            FileSystemView files,
            LoadReports loads,
            FcgiListener listener) {
        this(launcher, watcher, writers, blocking, blocking, nanoTime, files, loads, listener);
    }

    /** Without a listener. */
    public PoolEnvironment(
            ProcessLauncher launcher,
            FileWatcher watcher,
            WriterDetector writers,
            Executor blocking,
            LongSupplier nanoTime,
            FileSystemView files,
            LoadReports loads) {
        this(launcher, watcher, writers, blocking, nanoTime, files, loads, FcgiListener.NONE);
    }

    /** The same environment with a listener. */
    public PoolEnvironment withListener(FcgiListener other) {
        return new PoolEnvironment(launcher, watcher, writers, blocking, starts, nanoTime, files, loads, other);
    }

    /** The same environment with an executor of its own for the starts of processes. */
    public PoolEnvironment withStarts(Executor other) {
        return new PoolEnvironment(launcher, watcher, writers, blocking, other, nanoTime, files, loads, listener);
    }

    /** With the files of the disk, and without a listener. */
    public PoolEnvironment(
            ProcessLauncher launcher,
            FileWatcher watcher,
            WriterDetector writers,
            Executor blocking,
            LongSupplier nanoTime,
            LoadReports loads) {
        this(launcher, watcher, writers, blocking, nanoTime, FileSystemView.DISK, loads);
    }

    /**
     * Returns the part that {@code freshness} needs.
     *
     * @param events receives what happens, and never throws: no change may be lost because a listener fails
     */
    FreshnessEnvironment freshness(FcgiListener events) {
        return new FreshnessEnvironment(watcher, writers, files, loads, blocking, nanoTime, events);
    }
}
