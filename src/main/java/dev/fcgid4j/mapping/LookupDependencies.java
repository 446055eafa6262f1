/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.watch.FileWatcher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The directory entries that cached answers depend on. The watcher reports changed entries, and each report makes the
 * answers that depend on them invalid.
 *
 * <p>Contract: a directory is watched before its entries are read, and a dependency is entered before the disk is asked.
 * So a change during a lookup makes its answer invalid.
 *
 * <p>Threading: any thread. The watcher's calls only clear flags.
 */
final class LookupDependencies implements AutoCloseable {

    /** Clients decide which directories are looked at, and a site may have any number of them. */
    private static final int MAX_DIRECTORIES = 10_000;

    private final FileWatcher watcher;
    private final ConcurrentHashMap<Path, WatchedDirectory> directories = new ConcurrentHashMap<>();

    /** Every open watch. Guarded by itself, as is {@link #closed}. */
    private final Set<FileWatcher.Watch> watches = new LinkedHashSet<>();

    private boolean closed;

    LookupDependencies(FileWatcher watcher) {
        this.watcher = watcher;
    }

    /** Begins a lookup that depends on nothing yet. */
    Lookup begin() {
        return new Lookup();
    }

    /** Returns whether so many directories are watched that the caller must begin with a new object. */
    boolean isFull() {
        return directories.size() >= MAX_DIRECTORIES;
    }

    /** Makes every answer depend on where the path of a served directory leads. May block. */
    void dependOnRoot(Path directory) {
        keep(watcher.watchFiles(List.of(directory), new ChangeListener() {
            @Override
            public void changed(Path file) {
                // Only flags: this runs under the watcher's lock, and a thread that installs a watch may wait for it.
                directories.values().forEach(WatchedDirectory::allChanged);
            }
        }));
    }

    /** Ends all watches and makes every answer invalid. */
    @Override
    public void close() {
        List<FileWatcher.Watch> ended;
        synchronized (watches) {
            closed = true;
            ended = List.copyOf(watches);
            watches.clear();
        }
        ended.forEach(FileWatcher.Watch::close);
        directories.values().forEach(WatchedDirectory::allChanged);
        directories.clear();
    }

    /** Describes how much is tracked, for logs: an entry is one name that one answer depends on. */
    @Override
    public String toString() {
        int entries = directories.values().stream()
                .flatMap(directory -> directory.dependents.values().stream())
                .mapToInt(Set::size)
                .sum();
        return "LookupDependencies[entries=" + entries + "]";
    }

    /** Returns a directory that is watched since before this call returned. No lock is held while a watch is installed. */
    private WatchedDirectory watched(Path directory) {
        WatchedDirectory known = directories.get(directory);
        if (known != null && !known.ended) {
            return known;
        }
        WatchedDirectory fresh = new WatchedDirectory();
        FileWatcher.Watch watch = watcher.watchNames(directory, fresh);
        fresh.watch = watch;
        boolean installed = known == null
                ? directories.putIfAbsent(directory, fresh) == null
                : directories.replace(directory, known, fresh);
        if (installed) {
            if (known != null) {
                drop(known.watch);
            }
            keep(watch);
            return fresh;
        }
        watch.close(); // another thread was faster
        return watched(directory);
    }

    private void keep(FileWatcher.Watch watch) {
        synchronized (watches) {
            if (closed) {
                watch.close();
            } else {
                watches.add(watch);
            }
        }
    }

    private void drop(FileWatcher.@Nullable Watch ended) {
        if (ended != null) {
            synchronized (watches) {
                watches.remove(ended);
            }
            ended.close();
        }
    }

    /**
     * The dependencies of one answer. The answer is valid until something that it depends on changes.
     *
     * <p>Threading: one thread makes the lookup; any thread asks whether it is valid; one thread, later, releases it.
     */
    final class Lookup {
        private volatile boolean valid = true;
        private volatile boolean cacheable = true;
        private final List<Runnable> undo = new ArrayList<>();

        private Lookup() {}

        /** Enters the entry of a name in a directory. May block: it may install a watch. */
        void dependOn(Path directory, String name) {
            WatchedDirectory watched = watched(directory);
            FileWatcher.Watch watch = watched.watch;
            if (watch == null || !watch.immediate()) {
                cacheable = false;
                return;
            }
            watched.add(name, this);
            undo.add(() -> watched.remove(name, this));
        }

        /** Enters everything on the way that a symbolic link leads. May block. */
        void dependOnLink(Path link) {
            FileWatcher.Watch watch = watcher.watchFiles(List.of(link), new ChangeListener() {
                @Override
                public void changed(Path file) {
                    valid = false;
                }
            });
            if (!watch.immediate()) {
                cacheable = false;
            }
            keep(watch);
            undo.add(() -> drop(watch));
        }

        /** Returns whether nothing has changed that was entered. */
        boolean isValid() {
            return valid;
        }

        /** Returns whether changes are reported at once. If not, the answer must not be cached. */
        boolean isCacheable() {
            return cacheable;
        }

        /** Returns the number of names and links that were entered. */
        int size() {
            return undo.size();
        }

        /** Ends the tracking, because the answer is not cached or no longer cached. */
        void release() {
            undo.forEach(Runnable::run);
            undo.clear();
        }
    }

    /**
     * One watched directory, and for each name in it the lookups that depend on it. When the directory is moved or removed,
     * or its path may lead to another one, the watch reports nothing more. It has ended, and the next lookup installs a new
     * one.
     */
    private static final class WatchedDirectory implements FileWatcher.NameListener {
        private final Map<String, Set<Lookup>> dependents = new ConcurrentHashMap<>();
        private volatile FileWatcher.@Nullable Watch watch;
        private volatile boolean ended;

        void add(String name, Lookup lookup) {
            dependents.compute(name, (n, known) -> {
                Set<Lookup> lookups = known == null ? ConcurrentHashMap.newKeySet() : known;
                lookups.add(lookup);
                return lookups;
            });
            if (ended) {
                lookup.valid = false; // the watch ended after watched() had returned it
            }
        }

        void remove(String name, Lookup lookup) {
            dependents.computeIfPresent(name, (n, lookups) -> {
                lookups.remove(lookup);
                return lookups.isEmpty() ? null : lookups;
            });
        }

        @Override
        public void nameChanged(String name) {
            Set<Lookup> concerned = dependents.remove(name);
            if (concerned != null) {
                concerned.forEach(lookup -> lookup.valid = false);
            }
        }

        @Override
        public void allChanged() {
            ended = true;
            List.copyOf(dependents.keySet()).forEach(this::nameChanged);
        }
    }

    /** Listens to completed changes. The content of a link or directory does not matter, so writes in progress do not. */
    private abstract static class ChangeListener implements FileWatcher.FileListener {
        @Override
        public final void beingWritten(Path file) {}
    }
}
