/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.watch.FileStamp;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which worker of a class has loaded which files, each file watched once for all of them.
 *
 * <p>Contract: {@link #read} notes who has loaded a newly reported file, then watches it, anew if anything was told of
 * it, and only then compares it with what it was like when it was loaded; so a change is seen either by the comparison or
 * by the watch. What the watch tells of is looked at by {@link #read} too, which first watches the file anew, because its
 * path may lead another way: so a worker whose file stayed the same is not left behind with a watch on the old way. Files
 * stay watched when their worker has gone, so that no worker is started while somebody writes one of them.
 *
 * <p>Threading: {@link #read} blocks on the disk and runs once at a time for one worker; the rest is for any thread.
 */
final class LoadedFileTracker {

    private static final Logger LOG = LoggerFactory.getLogger(LoadedFileTracker.class);
    private static final int MAX_FILES = 20_000;
    private static final int MAX_LOOKED_AT = 300;

    private final ProcessClass processClass;
    private final FreshnessEnvironment environment;
    private final long quietNanos;
    private final FileSystemView facts;
    private final LongSupplier nanoTime;
    private final FileSystemClocks clocks;
    private final VersionCheck versions;
    private final Listener listener;
    private final Map<Path, TrackedFile> known = new ConcurrentHashMap<>();
    private final Set<TrackedFile> missing = ConcurrentHashMap.newKeySet(); // when they were armed last
    private final Map<Worker, Loader> loaders = new ConcurrentHashMap<>();
    private final Map<TrackedFile, Integer> toWatchAnew =
            new ConcurrentHashMap<>(); // and how often they had been told of
    private final AtomicBoolean watchesAnew = new AtomicBoolean();
    private final Lock arming = new ReentrantLock();
    private final AtomicBoolean toldTooMany = new AtomicBoolean();
    private volatile boolean closed;

    /** Told of changes, by whoever drains the watcher, but for {@link #watchedAnew}. */
    interface Listener {

        /** A file is complete and may have changed; these workers have loaded it, and {@link #read} tells which must go. */
        void touched(Path file, Collection<Worker> loadedBy);

        /** Somebody writes a file in place and isn't done. */
        void beingWritten(Path file);

        /**
         * A file that was told of is watched on its present way again; what was done to it meanwhile was not told of. By a
         * thread that may block.
         */
        void watchedAnew();
    }

    /**
     * Creates one.
     *
     * @param quietNanos how long a file may be away before it counts as removed (FcgidQuietTime)
     */
    LoadedFileTracker(
            ProcessClass processClass,
            FreshnessEnvironment environment,
            long quietNanos,
            FileSystemClocks clocks,
            Listener listener) {
        this.processClass = processClass;
        this.environment = environment;
        this.quietNanos = quietNanos;
        this.facts = environment.files();
        this.nanoTime = environment.nanoTime();
        this.clocks = clocks;
        this.versions = new VersionCheck(facts, clocks);
        this.listener = listener;
    }

    /** One worker and where its report is. */
    private static final class Loader {
        private final Optional<LoadReport> report;
        private final long launchedNanos;
        private final Set<TrackedFile> files = ConcurrentHashMap.newKeySet();
        private final ConcurrentLinkedQueue<Path> named = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<TrackedFile> touched = new ConcurrentLinkedQueue<>();

        Loader(Optional<LoadReport> report, long launchedNanos) {
            this.report = report;
            this.launchedNanos = launchedNanos;
        }
    }

    /** A file that a worker has loaded. */
    private record Noted(TrackedFile file, TrackedFile.Load load) {}

    /** What it is like now, and how often it had been told of before that was looked at. */
    private record Look(Noted noted, int told, FileStamp now) {}

    /**
     * A worker's process is there.
     *
     * @param launchedNanos a moment before its start on the pool's clock
     */
    void begin(Worker worker, ApplicationProcess process, long launchedNanos) {
        process.reportFile().ifPresent(file -> clocks.made(facts.stamp(file), nanoTime.getAsLong()));
        processClass.policy().files().forEach(file -> clocks.seen(facts.stamp(file), nanoTime.getAsLong()));
        loaders.put(
                worker,
                new Loader(
                        environment.loads().open(process, processClass.command().directory()), launchedNanos));
    }

    /** A worker's process is gone. */
    void end(Worker worker) {
        Loader loader = loaders.remove(worker);
        if (loader != null) {
            loader.files.forEach(file -> file.forget(worker));
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
     * Takes up what a worker has reported since the last time, and what was touched since.
     *
     * @param withPrograms whether to look at the programs and libraries that it executes as well
     */
    VerificationResult read(Worker worker, boolean withPrograms) {
        Loader loader = loaders.get(worker);
        if (loader == null || closed || !processClass.policy().loads()) {
            return VerificationResult.UNCHANGED;
        }
        List<Noted> noted = new ArrayList<>();
        for (LoadedFile each : reported(worker, loader, withPrograms)) {
            if (!processClass.policy().files().contains(each.path())) {
                note(worker, loader, each).ifPresent(noted::add);
            }
        }
        // All stamps first: they tell of each other's clock.
        List<Look> looks = looks(noted);
        List<MissingFile> away = new ArrayList<>();
        Optional<Path> outdated = touched(worker, loader, away);
        for (Look each : looks) {
            Noted file = each.noted();
            if (versions.isCurrent(file.file(), file.load(), each.now())) {
                file.load().isCurrent(each.told());
            } else {
                outdated = Optional.of(file.file().path());
            }
        }
        if (loaders.get(worker) != loader) {
            loader.files.forEach(file -> file.forget(worker)); // it has ended meanwhile
        }
        return new VerificationResult(outdated, away);
    }

    /** Whether it is away, and nothing else: then its worker goes on until it is back. Notes it for the next look. */
    private static boolean isAway(TrackedFile file, TrackedFile.Load load, Loader loader, List<MissingFile> away) {
        Optional<MissingFile> absence = file.absence().filter(each -> file.hasOnlyLeft(load));
        absence.ifPresent(each -> {
            away.add(each);
            loader.touched.add(file);
        });
        return absence.isPresent();
    }

    private List<LoadedFile> reported(Worker worker, Loader loader, boolean withPrograms) {
        List<LoadedFile> reported = new ArrayList<>();
        loader.report.ifPresent(report -> reported.addAll(report.next()));
        for (Path named = loader.named.poll(); named != null; named = loader.named.poll()) {
            reported.add(LoadedFile.named(named));
        }
        if (withPrograms) {
            worker.process()
                    .map(environment.loads()::executables)
                    .orElse(List.of())
                    .forEach(file -> reported.add(LoadedFile.named(file)));
        }
        return reported;
    }

    /**
     * Notes that a worker has loaded a file, if there is anything new about that. What is told of from now on, for instance
     * that its path leads another way, makes the worker be looked at again; what was told of before makes the file be
     * watched anew.
     */
    private Optional<Noted> note(Worker worker, Loader loader, LoadedFile loaded) {
        TrackedFile file = known(loaded.path());
        if (file == null || (loaded.isNameOnly() && file.loadOf(worker).isPresent())) {
            return Optional.empty();
        }
        if (!loaded.isNameOnly()) {
            file.wasThere();
        }
        TrackedFile.Load load = new TrackedFile.Load(loaded, readNanos(loader, loaded));
        loader.files.add(file);
        file.loaded(worker, load);
        return Optional.of(new Noted(file, load));
    }

    /** Watches files and then looks at them. */
    private List<Look> looks(List<Noted> noted) {
        watch(noted.stream().map(Noted::file).toList());
        List<Look> looks = new ArrayList<>();
        for (Noted each : noted) {
            int told = each.file().told();
            looks.add(new Look(each, told, versions.look(each.load().file(), nanoTime.getAsLong())));
        }
        return looks;
    }

    /** Watches files, each anew if anything on its way was changed. Blocks. */
    private void watch(Collection<TrackedFile> files) {
        TrackedFile.arm(files, environment.writers(), arming);
    }

    /** When it was read, at the earliest: reports give the time of day, which may have been set meanwhile. */
    private long readNanos(Loader loader, LoadedFile loaded) {
        long now = nanoTime.getAsLong();
        long ago = loaded.isNameOnly() ? Long.MAX_VALUE : Math.max(0, facts.wallNanos() - loaded.reportedNanos());
        return ago < now - loader.launchedNanos ? now - ago : loader.launchedNanos;
    }

    /** Looks at the files of which the watcher has told something. */
    private Optional<Path> touched(Worker worker, Loader loader, List<MissingFile> away) {
        Set<TrackedFile> files = new LinkedHashSet<>();
        for (TrackedFile file = loader.touched.poll(); file != null; file = loader.touched.poll()) {
            files.add(file);
        }
        watch(files);
        Optional<Path> outdated = Optional.empty();
        for (TrackedFile file : files) {
            TrackedFile.Load load = file.loadOf(worker).orElse(null);
            if (load != null && !isAway(file, load, loader, away)) {
                int told = file.told();
                if (versions.isStillCurrent(file, load, versions.look(load.file(), nanoTime.getAsLong()))) {
                    load.isCurrent(told);
                } else {
                    outdated = Optional.of(file.path());
                }
            }
        }
        return outdated;
    }

    /** The file; null when there are too many. */
    private @org.jspecify.annotations.Nullable TrackedFile known(Path path) {
        TrackedFile file = known.get(path);
        if (file == null && known.size() >= MAX_FILES) {
            if (toldTooMany.compareAndSet(false, true)) {
                LOG.warn(
                        "{}: more than {} loaded files; changes of {} and others are not noticed. Use FcgidReloadTrigger",
                        processClass,
                        MAX_FILES,
                        path);
            }
            return null;
        }
        if (file == null) {
            file = known.computeIfAbsent(
                    path, p -> new TrackedFile(new FilePresence(p, quietNanos), p, environment, new Touches()));
        }
        if (closed) {
            file.close();
        }
        return file;
    }

    /**
     * A file of which something was told may lie on another way now, where nobody watches it. Workers that have loaded it
     * are looked at; this is for those that load it next.
     */
    private void watchAnew(TrackedFile file) {
        toWatchAnew.put(file, file.told());
        watchAllAnewSoon();
    }

    /** By one thread at a time, however many files there are. */
    private void watchAllAnewSoon() {
        if (watchesAnew.compareAndSet(false, true)) {
            try {
                environment.blocking().execute(this::watchAllAnew);
            } catch (RejectedExecutionException e) {
                toWatchAnew.clear(); // closing: nobody gets a worker any more
            }
        }
    }

    private void watchAllAnew() {
        Map<TrackedFile, Integer> all = new HashMap<>(toWatchAnew);
        try {
            watch(all.keySet());
        } finally {
            listener.watchedAnew(); // before this one forgets them: who asks for both asks for that last
            all.forEach(toWatchAnew::remove); // but those that were told of meanwhile
            watchesAnew.set(false);
            if (!toWatchAnew.isEmpty()) {
                watchAllAnewSoon();
            }
        }
    }

    /** Watches anew what has been disturbed, so that no worker is started while somebody writes it. Blocks. */
    void rearm() {
        watch(known.values());
    }

    /** Those that are away just now. Blocks. */
    List<MissingFile> away() {
        watch(known.values());
        return missing.stream()
                .map(TrackedFile::absence)
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Whether somebody is changing one of them of whom nothing was told yet, as far as {@value #MAX_LOOKED_AT} of them tell,
     * or may be, because one isn't watched on its present way yet; or one is away, whom nobody living may have loaded, but
     * somebody may be about to. Reads the disk.
     */
    boolean anyIsBeingChanged() {
        return !toWatchAnew.isEmpty()
                || missing.stream().anyMatch(file -> file.absence().isPresent())
                || known.values().stream().limit(MAX_LOOKED_AT).anyMatch(TrackedFile::isBeingChanged);
    }

    /** Compares now what the kernel can't tell of. Blocks. */
    void compare() {
        known.values().forEach(TrackedFile::compare);
    }

    /** Whether the kernel can't tell of some of them. */
    boolean anyPolled() {
        return known.values().stream().anyMatch(TrackedFile::isPolled);
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
        for (TrackedFile file : new HashSet<>(known.values())) {
            file.close();
        }
    }

    /** What the watcher says of them. */
    private final class Touches implements TrackedFile.Listener {

        @Override
        public void touched(TrackedFile file) {
            Collection<Worker> workers = file.workers();
            for (Worker worker : workers) {
                Loader loader = loaders.get(worker);
                if (loader != null) {
                    loader.touched.add(file);
                }
            }
            listener.touched(file.path(), workers);
            if (file.isToBeWatchedAnew()) {
                watchAnew(file);
            }
        }

        @Override
        public void beingWritten(Path path) {
            listener.beingWritten(path);
        }

        @Override
        public void noted(TrackedFile file, boolean isThere) {
            if (isThere) {
                missing.remove(file);
            } else {
                missing.add(file);
            }
        }
    }
}
