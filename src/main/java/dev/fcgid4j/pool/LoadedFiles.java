/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.LoadReport;
import dev.fcgid4j.process.LoadedFile;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.worker.ProcessClass;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which worker of a class has loaded which files, each file watched once for all of them.
 *
 * <p>Contract: {@link #read} arms a watch on each newly reported file and only then compares it with what it was like
 * when it was loaded; so a change is seen either by the comparison or by the watch. Files stay watched when their worker
 * has gone, so that no worker is started while somebody writes one of them.
 *
 * <p>Threading: {@link #read} blocks on the disk and runs once at a time for one worker; the rest is for any thread.
 */
final class LoadedFiles {

    private static final Logger LOG = LoggerFactory.getLogger(LoadedFiles.class);
    private static final int MAX_FILES = 20_000;

    private final ProcessClass processClass;
    private final FileWatcher watcher;
    private final Listener listener;
    private final Map<Path, Known> known = new ConcurrentHashMap<>();
    private final Map<Worker, Loader> loaders = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Told of changes, by whoever drains the watcher. */
    interface Listener {

        /** A file is complete; these workers have loaded it as it was before. */
        void changed(Path file, Collection<Worker> outdated);

        /** Somebody writes a file in place and isn't done. */
        void beingWritten(Path file);
    }

    LoadedFiles(ProcessClass processClass, FileWatcher watcher, Listener listener) {
        this.processClass = processClass;
        this.watcher = watcher;
        this.listener = listener;
    }

    /** One worker and where its report is. */
    private static final class Loader {
        private final Optional<LoadReport> report;
        private final long launchedNanos;
        private final Set<Known> files = ConcurrentHashMap.newKeySet();
        private final ConcurrentLinkedQueue<Path> named = new ConcurrentLinkedQueue<>();

        Loader(Optional<LoadReport> report, long launchedNanos) {
            this.report = report;
            this.launchedNanos = launchedNanos;
        }
    }

    /** A file that is watched, and what it was like for each worker that has loaded it. */
    private final class Known implements FileWatcher.FileListener {
        private final Path file;
        private final Map<Worker, LoadedFile> loadedBy = new ConcurrentHashMap<>();
        private volatile FileWatcher.@org.jspecify.annotations.Nullable Watch watch;
        private volatile boolean disturbed;

        Known(Path file) {
            this.file = file;
        }

        @Override
        public void changed(Path changed) {
            disturbed = true; // its path may lead through other directories now
            FileWatcher.Watch armed = watch;
            boolean certain = armed == null || !armed.immediate(); // it was compared by content
            List<Worker> outdated = new ArrayList<>();
            loadedBy.forEach((worker, then) -> {
                if (certain || then.isNameOnly() || "-".equals(then.content()) || Versions.differ(then)) {
                    outdated.add(worker);
                }
            });
            listener.changed(file, outdated);
        }

        @Override
        public void beingWritten(Path changed) {
            listener.beingWritten(file);
        }

        /** Watches it, anew if anything on its way was changed. Blocks. */
        synchronized void arm() {
            FileWatcher.Watch old = watch;
            if (old == null || disturbed) {
                disturbed = false;
                watch = watcher.watchFiles(List.of(file), this);
                if (old != null) {
                    old.compare(); // what changed before the new stamp was taken
                    old.close();
                }
                if (closed) {
                    close();
                }
            }
        }

        void compare() {
            FileWatcher.Watch armed = watch;
            if (armed != null) {
                armed.compare();
            }
        }

        /** Whether the kernel can't tell of it. */
        boolean isPolled() {
            FileWatcher.Watch armed = watch;
            return armed != null && !armed.immediate();
        }

        synchronized void close() {
            FileWatcher.Watch armed = watch;
            if (armed != null) {
                armed.close();
            }
        }
    }

    /** A worker's process is there. */
    void begin(Worker worker, ApplicationProcess process, long launchedNanos) {
        Optional<LoadReport> report = process.reportFile()
                .map(file -> new LoadReport(file, processClass.command().directory()));
        loaders.put(worker, new Loader(report, launchedNanos));
    }

    /** A worker's process is gone. */
    void end(Worker worker) {
        Loader loader = loaders.remove(worker);
        if (loader != null) {
            loader.files.forEach(file -> file.loadedBy.remove(worker));
        }
    }

    /** Notes a path that the application has named in its answer; {@link #read} takes it up. */
    void name(Worker worker, Path file) {
        Loader loader = loaders.get(worker);
        if (loader != null) {
            loader.named.add(file);
        }
    }

    /**
     * Takes up what a worker has reported since the last time.
     *
     * @param withPrograms whether to look at the programs and libraries that it executes as well
     * @return a file that changed after the worker had loaded it, if there is one
     */
    Optional<Path> read(Worker worker, boolean withPrograms) {
        Loader loader = loaders.get(worker);
        if (loader == null || closed || !processClass.policy().loads()) {
            return Optional.empty();
        }
        List<LoadedFile> reported = new ArrayList<>();
        loader.report.ifPresent(report -> reported.addAll(report.next()));
        for (Path named = loader.named.poll(); named != null; named = loader.named.poll()) {
            reported.add(LoadedFile.named(named));
        }
        if (withPrograms) {
            worker.process()
                    .map(ApplicationProcess::executables)
                    .orElse(List.of())
                    .forEach(file -> reported.add(LoadedFile.named(file)));
        }
        Optional<Path> outdated = Optional.empty();
        for (LoadedFile each : reported) {
            if (!processClass.policy().files().contains(each.path()) && isOutdated(worker, loader, each)) {
                outdated = Optional.of(each.path());
            }
        }
        return outdated;
    }

    private boolean isOutdated(Worker worker, Loader loader, LoadedFile loaded) {
        Known file = known(loaded.path());
        if (file == null) {
            return false;
        }
        if (loaded.isNameOnly() && file.loadedBy.containsKey(worker)) {
            return false; // nothing new
        }
        file.loadedBy.put(worker, loaded);
        loader.files.add(file);
        return loaded.isNameOnly()
                ? Versions.changedSince(loaded.path(), loader.launchedNanos)
                : Versions.differ(loaded);
    }

    /** The file, watched since before this returned; null when there are too many. */
    private @org.jspecify.annotations.Nullable Known known(Path path) {
        Known there = known.get(path);
        if (there != null) {
            there.arm();
            return there;
        }
        if (known.size() >= MAX_FILES) {
            LOG.warn(
                    "{}: more than {} loaded files; changes of {} and others are not noticed. Use FcgidReloadTrigger",
                    processClass,
                    MAX_FILES,
                    path);
            return null;
        }
        Known fresh = new Known(path);
        Known earlier = known.putIfAbsent(path, fresh);
        Known file = earlier == null ? fresh : earlier;
        file.arm();
        return file;
    }

    /** Watches anew what has been disturbed, so that no worker is started while somebody writes it. Blocks. */
    void rearm() {
        known.values().forEach(Known::arm);
    }

    /** Compares now what the kernel can't tell of. Blocks. */
    void compare() {
        known.values().forEach(Known::compare);
    }

    /** Whether the kernel can't tell of some of them. */
    boolean anyPolled() {
        return known.values().stream().anyMatch(Known::isPolled);
    }

    /** The paths of some of the files watched. */
    List<String> some(int most) {
        return known.keySet().stream().map(Path::toString).sorted().limit(most).toList();
    }

    /** Files watched. */
    int size() {
        return known.size();
    }

    /** Ends all watches. */
    void close() {
        closed = true;
        for (Known file : new HashSet<>(known.values())) {
            file.close();
        }
    }
}
