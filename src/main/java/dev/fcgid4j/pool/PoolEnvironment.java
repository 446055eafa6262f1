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
 * What the pool works with; all of it is borrowed, none is closed by the pool. In the simulation each part is a fake.
 *
 * @param launcher starts processes
 * @param watcher notices changed files
 * @param writers finds writers that the watcher hasn't reported yet
 * @param blocking runs what may block: starting a process, arming a watch
 * @param nanoTime the clock; compared by subtraction only
 * @param files what is read of files that workers have loaded
 * @param loads finds the files that a process has loaded
 * @param listener receives what happens in the pool
 */
public record PoolEnvironment(
        ProcessLauncher launcher,
        FileWatcher watcher,
        WriterDetector writers,
        Executor blocking,
        LongSupplier nanoTime,
        FileSystemView files,
        LoadReports loads,
        FcgiListener listener) {

    public PoolEnvironment {
        requireNonNull(launcher, "launcher");
        requireNonNull(watcher, "watcher");
        requireNonNull(writers, "writers");
        requireNonNull(blocking, "blocking");
        requireNonNull(nanoTime, "nanoTime");
        requireNonNull(files, "files");
        requireNonNull(loads, "loads");
        requireNonNull(listener, "listener");
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

    /** The same with a listener. */
    public PoolEnvironment withListener(FcgiListener other) {
        return new PoolEnvironment(launcher, watcher, writers, blocking, nanoTime, files, loads, other);
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

    /** The part of it that {@code freshness} needs. */
    FreshnessEnvironment freshness() {
        return new FreshnessEnvironment(watcher, writers, files, loads, blocking, nanoTime);
    }
}
