/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.observe.FcgiListener;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.writers.WriterDetector;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The outside world of this package. The owner of each part closes it; this package only borrows them. In a simulation
 * each part is a fake.
 *
 * @param watcher reports changed files
 * @param files reads stamps and contents of files
 * @param loads finds the files that a process has loaded
 * @param blocking runs tasks that may block: watching files, comparing them, reading load reports
 * @param nanoTime the pool's clock; its values are compared by subtraction only
 * @param listener receives what happens and never throws; called on any thread, without the group's lock
 */
public record FreshnessEnvironment(
        FileWatcher watcher,
        WriterDetector writers,
        FileSystemView files,
        LoadReports loads,
        Executor blocking,
        LongSupplier nanoTime,
        FcgiListener listener) {

    public FreshnessEnvironment {
        requireNonNull(watcher, "watcher");
        requireNonNull(writers, "writers");
        requireNonNull(files, "files");
        requireNonNull(loads, "loads");
        requireNonNull(blocking, "blocking");
        requireNonNull(nanoTime, "nanoTime");
        requireNonNull(listener, "listener");
    }

    /** Creates an environment without a listener. */
    public FreshnessEnvironment(
            FileWatcher watcher,
            WriterDetector writers,
            FileSystemView files,
            LoadReports loads,
            Executor blocking,
            LongSupplier nanoTime) {
        this(watcher, writers, files, loads, blocking, nanoTime, FcgiListener.NONE);
    }

    long now() {
        return nanoTime.getAsLong();
    }
}
