/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.worker.Worker;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A worker, the files that it has loaded, and those of them that have changed since the last verification.
 *
 * <p>Threading: any thread.
 */
final class TrackedWorker {

    private final Worker worker;
    private final LoadReportReader reader;
    private final Set<TrackedFile> files = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<TrackedFile> changed = new ConcurrentLinkedQueue<>();

    TrackedWorker(Worker worker, LoadReportReader reader) {
        this.worker = worker;
        this.reader = reader;
    }

    Worker worker() {
        return worker;
    }

    LoadReportReader reader() {
        return reader;
    }

    /** The worker has loaded a file. Reports of the file concern the worker from now on. */
    LoadedVersion loaded(TrackedFile file, LoadedFile loaded) {
        if (!loaded.isNameOnly()) {
            file.seen();
        }
        LoadedVersion version = new LoadedVersion(loaded, reader.earliestReadNanos(loaded));
        files.add(file);
        file.loaded(worker, version);
        return version;
    }

    /** A file that the worker has loaded must be looked at by the next verification. */
    void changed(TrackedFile file) {
        changed.add(file);
    }

    /** Takes the files that must be looked at. */
    Set<TrackedFile> takeChanged() {
        Set<TrackedFile> taken = new LinkedHashSet<>();
        for (TrackedFile file = changed.poll(); file != null; file = changed.poll()) {
            taken.add(file);
        }
        return taken;
    }

    /** The worker has ended. */
    void forget() {
        files.forEach(file -> file.forget(worker));
    }
}
