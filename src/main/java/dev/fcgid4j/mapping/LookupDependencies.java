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
 * Which remembered answers depend on which names in which directories, kept up to date by the watcher.
 *
 * <p>Contract: a directory is watched before its names are looked at, and an answer is entered before it is made; so
 * whatever changes meanwhile makes the answer invalid.
 *
 * <p>Threading: any thread; a listener's call only clears flags.
 */
final class LookupDependencies implements AutoCloseable {

    private final FileWatcher watcher;
    private final ConcurrentHashMap<Path, Names> directories = new ConcurrentHashMap<>();
    private final Set<FileWatcher.Watch> links = new LinkedHashSet<>();
    private boolean closed;

    LookupDependencies(FileWatcher watcher) {
        this.watcher = watcher;
    }

    /** An answer, valid until something that it depends on changes. */
    static final class Entry {
        private volatile boolean valid = true;
        private volatile boolean lasting = true;

        // Owned by the thread that makes the answer, then by whoever forgets it.
        private final List<Runnable> undo = new ArrayList<>();

        /** Whether nothing changed. */
        boolean valid() {
            return valid;
        }

        /** Whether changes are noticed at once, so that the answer may be remembered at all. */
        boolean lasting() {
            return lasting;
        }

        /** The answer is not, or no longer, remembered: nothing keeps track of it any more. */
        void forget() {
            undo.forEach(Runnable::run);
            undo.clear();
        }
    }

    /**
     * The names of one watched directory. Once the directory itself has gone, or its path may lead to another one, the
     * watch tells nothing more: it is over, and whoever looks there next arms a new one.
     */
    private static final class Names implements FileWatcher.NameListener {
        private final Map<String, Set<Entry>> dependents = new ConcurrentHashMap<>();
        private volatile FileWatcher.@Nullable Watch watch;
        private volatile boolean over;

        void add(String name, Entry entry) {
            dependents.compute(name, (n, known) -> {
                Set<Entry> entries = known == null ? ConcurrentHashMap.newKeySet() : known;
                entries.add(entry);
                return entries;
            });
            entry.undo.add(() -> remove(name, entry));
            if (over) {
                entry.valid = false; // it ended between being found and being used
            }
        }

        private void remove(String name, Entry entry) {
            dependents.computeIfPresent(name, (n, entries) -> {
                entries.remove(entry);
                return entries.isEmpty() ? null : entries;
            });
        }

        @Override
        public void nameChanged(String name) {
            Set<Entry> concerned = dependents.remove(name);
            if (concerned != null) {
                concerned.forEach(entry -> entry.valid = false);
            }
        }

        @Override
        public void allChanged() {
            over = true;
            List.copyOf(dependents.keySet()).forEach(this::nameChanged);
        }
    }

    /** Notes that an answer depends on a name in a directory. May block: it may have to arm a watch. */
    void on(Entry entry, Path directory, String name) {
        Names names = watched(directory);
        FileWatcher.Watch watch = names.watch;
        if (watch == null || !watch.immediate()) {
            entry.lasting = false;
            return;
        }
        names.add(name, entry);
    }

    /** Notes that an answer depends on where a symbolic link leads, in the end. May block. */
    void onLink(Entry entry, Path link) {
        FileWatcher.Watch watch = watcher.watchFiles(List.of(link), new FileWatcher.FileListener() {
            @Override
            public void changed(Path file) {
                entry.valid = false;
            }

            @Override
            public void beingWritten(Path file) {
                // its content means nothing here
            }
        });
        if (!watch.immediate()) {
            entry.lasting = false;
        }
        keep(watch);
        entry.undo.add(() -> drop(watch));
    }

    /** Notes that everything depends on where this directory's path leads. May block. */
    void onRoot(Path directory) {
        keep(watcher.watchFiles(List.of(directory), new FileWatcher.FileListener() {
            @Override
            public void changed(Path file) {
                // Only flags: this runs under the watcher's lock, for which a thread that arms a watch may be waiting.
                directories.values().forEach(Names::allChanged);
            }

            @Override
            public void beingWritten(Path file) {
                // it is a directory
            }
        }));
    }

    private void keep(FileWatcher.Watch watch) {
        synchronized (links) {
            if (closed) {
                watch.close();
            } else {
                links.add(watch);
            }
        }
    }

    /** The names of a directory, watched since before this returned. No lock is held while a watch is armed. */
    private Names watched(Path directory) {
        Names known = directories.get(directory);
        if (known != null && !known.over) {
            return known;
        }
        Names fresh = new Names();
        FileWatcher.Watch watch = watcher.watchNames(directory, fresh);
        fresh.watch = watch;
        boolean mine = known == null
                ? directories.putIfAbsent(directory, fresh) == null
                : directories.replace(directory, known, fresh);
        if (mine) {
            if (known != null) {
                drop(known.watch);
            }
            keep(watch);
            return fresh;
        }
        watch.close();
        return watched(directory);
    }

    private void drop(FileWatcher.@Nullable Watch ended) {
        if (ended != null) {
            synchronized (links) {
                links.remove(ended);
            }
            ended.close();
        }
    }

    /** Answers that are kept track of, for tests. */
    int tracked() {
        return directories.values().stream()
                .flatMap(names -> names.dependents.values().stream())
                .mapToInt(Set::size)
                .sum();
    }

    /** Ends all watches and makes everything invalid. */
    @Override
    public void close() {
        List<FileWatcher.Watch> ended;
        synchronized (links) {
            closed = true;
            ended = List.copyOf(links);
            links.clear();
        }
        ended.forEach(FileWatcher.Watch::close);
        directories.values().forEach(Names::allChanged);
        directories.clear();
    }
}
