/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Watches files again after a change, because the path of a changed file may lead to another place, which no watch covers.
 * The workers that have loaded the file are verified anyway; this is for a worker that loads it next.
 *
 * <p>Threading: any thread. One task at a time watches, for all files that wait.
 */
final class Rewatching {

    private final TrackedFileWatcher watcher;
    private final Executor blocking;
    private final Runnable done;
    private final Map<TrackedFile, Integer> pending =
            new ConcurrentHashMap<>(); // and its change count when it was added
    private final AtomicBoolean running = new AtomicBoolean();

    /**
     * Creates one.
     *
     * @param blocking runs the task
     * @param done called after files were watched again: their changes were not reported until then
     */
    Rewatching(TrackedFileWatcher watcher, Executor blocking, Runnable done) {
        this.watcher = watcher;
        this.blocking = blocking;
        this.done = done;
    }

    /** A file has changed. */
    void add(TrackedFile file) {
        pending.put(file, file.changeCount());
        start();
    }

    /** Returns whether a file waits, so that its changes may not be reported. */
    boolean isPending() {
        return !pending.isEmpty();
    }

    private void start() {
        if (running.compareAndSet(false, true)) {
            try {
                blocking.execute(this::run);
            } catch (RejectedExecutionException e) {
                pending.clear(); // the pool closes: no request gets a worker
            }
        }
    }

    private void run() {
        Map<TrackedFile, Integer> all = new HashMap<>(pending);
        try {
            watcher.watch(all.keySet());
        } finally {
            done.run(); // before the files stop to be pending: a caller that asks for both asks for the change
            // count last
            all.forEach(pending::remove); // except files that have changed meanwhile
            running.set(false);
            if (isPending()) {
                start();
            }
        }
    }
}
