/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.writers.WriterDetector;
import dev.fcgid4j.writers.WriterWatch;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Installs the watches of tracked files, several at a time.
 *
 * <p>Threading: any thread that may block. One thread at a time installs; a thread that returns from {@link #watch} finds all
 * its files watched, even if another thread has installed the watches.
 */
final class TrackedFileWatcher {

    private final WriterDetector writers;
    private final Lock installing = new ReentrantLock();

    TrackedFileWatcher(WriterDetector writers) {
        this.writers = writers;
    }

    /** Watches those of the files that are not watched yet, or whose path may lead to another place now. Blocks. */
    void watch(Collection<TrackedFile> files) {
        if (files.stream().noneMatch(TrackedFile::needsWatch)) {
            return;
        }
        installing.lock();
        try {
            Map<Path, TrackedFile> due = new LinkedHashMap<>();
            files.stream().filter(TrackedFile::needsWatch).forEach(each -> due.put(each.path(), each));
            install(due);
        } finally {
            installing.unlock();
        }
    }

    private void install(Map<Path, TrackedFile> due) {
        Map<Path, WriterWatch> fresh = new HashMap<>();
        due.values().forEach(TrackedFile::beginWatch);
        try {
            fresh.putAll(writers.watchEach(due));
            due.forEach((path, each) -> each.watched(requireNonNull(fresh.get(path))));
        } finally {
            due.forEach((path, each) -> each.endWatch(fresh.get(path)));
        }
    }
}
