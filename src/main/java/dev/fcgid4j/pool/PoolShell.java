/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.FilePresence;
import dev.fcgid4j.freshness.LoadedFileTracker;
import dev.fcgid4j.freshness.MissingFile;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ExitStatus;
import dev.fcgid4j.watch.FileStamp;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.TreeWatch;
import dev.fcgid4j.worker.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerConnection;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@link WorkerGroup} in the real world: takes the lock around each decision and performs its actions afterwards.
 *
 * <p>Threading: any thread. The lock is held for the decision alone; listeners, launcher and log are called without it.
 */
final class PoolShell {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    private static final int MAX_SHOWN = 300;

    private final WorkerPool pool;
    private final PoolEnvironment environment;
    private final Logger applicationLog;
    private final ReentrantLock lock = new ReentrantLock();
    private final WorkerGroup group;

    // Guarded by the lock: once true, nobody uses this group any more.
    private boolean gone;

    private final Object arming = new Object();

    // Written under arming.
    private volatile FileWatcher.Watch watch = UNARMED;

    // Written under arming: what FcgidWatch matches; a part of the watch.
    private volatile FileWatcher.Watch trees = UNARMED;

    // Guarded by arming; which generation the watch was armed for.
    private int armedFor = -1;
    private boolean disarmed;

    // Written under arming: whether some of the class's files have to be compared, because the kernel can't tell of
    // them.
    private volatile boolean polled;
    private final LoadedFileTracker loads;
    private final Set<Path> needed; // those of the class's files that a start needs
    private final Map<Path, FilePresence> presences = new ConcurrentHashMap<>(); // of those and what FcgidWatch matches
    private final Changes changes = new Changes();

    PoolShell(WorkerPool pool, ProcessClass processClass, WorkerGroup group) {
        this.pool = pool;
        this.environment = pool.environment();
        this.group = group;
        long quietNanos = pool.settings().quietTime().toNanos();
        this.loads = new LoadedFileTracker(
                processClass, environment.freshness(), quietNanos, pool.clocks(), new LoadedChanges());
        this.needed = processClass.policy().files().stream()
                .filter(processClass.command()::names)
                .collect(Collectors.toUnmodifiableSet());
        this.applicationLog = LoggerFactory.getLogger("dev.fcgid4j.app." + loggerName(processClass.name()));
    }

    ProcessClass processClass() {
        return group.processClass();
    }

    // ---- events ---------------------------------------------------------------------------------------------------

    /** False when the group is gone and the caller should ask for a new one. */
    boolean acquire(Waiter waiter) {
        List<PoolAction> actions;
        lock.lock();
        try {
            if (gone) {
                return false;
            }
            actions = group.acquire(waiter, now());
        } finally {
            lock.unlock();
        }
        perform(actions);
        return true;
    }

    void cancel(Waiter waiter) {
        decide(g -> g.cancel(waiter, now()));
    }

    /**
     * {@link WorkerGroup#mayHaveReadHalf}, which knows of all changes until now, those included of which nothing was told
     * yet. Reads the disk, if there is anything to look at.
     */
    boolean mayHaveReadHalf(Worker worker, boolean failed) {
        // Whoever isn't found has been told of by the time it is asked what is known.
        if (trees.isBeingChanged() || knownToHaveReadHalf(worker, failed)) {
            return true;
        }
        boolean hasReadLoaded = failed || ask(g -> worker.hasLoadedForRequest());
        return hasReadLoaded && (loads.anyIsBeingChanged() || knownToHaveReadHalf(worker, failed));
    }

    private boolean knownToHaveReadHalf(Worker worker, boolean failed) {
        environment.watcher().drain();
        return ask(g -> g.mayHaveReadHalf(worker, failed));
    }

    /** Whether no file is away or being written, as far as was told or is found. Reads the disk. */
    boolean filesAreWhole() {
        return knownToBeWhole() && !trees.isBeingChanged() && !loads.anyIsBeingChanged() && knownToBeWhole();
    }

    private boolean knownToBeWhole() {
        environment.watcher().drain();
        return ask(WorkerGroup::filesAreWhole);
    }

    void released(Worker worker, Outcome outcome) {
        if (outcome.retire().isPresent() && worker.requests() == 0) {
            learnOfChanges();
        }
        decide(g -> g.released(worker, outcome, now()));
    }

    /** Its process has noted that it has loaded something. */
    void hasLoaded(Worker worker) {
        decide(g -> g.hasLoaded(worker, now()));
    }

    /** The application has said in its answer that it depends on a file. */
    void hasLoaded(Worker worker, Path file) {
        loads.name(worker, file);
        hasLoaded(worker);
    }

    void recycle() {
        decide(g -> g.recycle(now()));
    }

    void retireAll(RetireReason reason) {
        decide(g -> g.retireAll(reason, now()));
    }

    void permitFreed() {
        decide(g -> g.permitFreed(now()));
    }

    void makeRoom() {
        decide(g -> g.makeRoom(now()));
    }

    void close() {
        decide(g -> g.close(now()));
    }

    void stopBusy() {
        decide(g -> g.stopBusy(now()));
    }

    /** Which files it watches. */
    Snapshots.Watched watched() {
        List<String> some = new ArrayList<>();
        processClass().policy().files().forEach(file -> some.add(file.toString()));
        processClass()
                .policy()
                .globs()
                .forEach(glob -> some.add(glob.base().resolve(glob.pattern()).toString()));
        some.addAll(loads.some(MAX_SHOWN));
        return new Snapshots.Watched(processClass().policy().files().size() + loads.size(), some);
    }

    /** Does what is due and tells when to come again. */
    long sweep(long nowNanos) {
        decide(g -> g.sweep(nowNanos));
        return ask(g -> g.nextSweepNanos(nowNanos));
    }

    /** Reads something of the group under its lock. */
    <T> T ask(Function<WorkerGroup, T> question) {
        lock.lock();
        try {
            return question.apply(group);
        } finally {
            lock.unlock();
        }
    }

    /** Retires the whole group if nothing lives or waits in it and it has rested since then; true when it is gone. */
    boolean goneIfUnusedSince(long nanos) {
        boolean unused = ask(g -> {
            gone |= g.unusedSince(nanos);
            return gone;
        });
        if (unused) {
            disarm();
        }
        return unused;
    }

    void disarm() {
        synchronized (arming) {
            disarmed = true;
            watch.close();
            watch = UNARMED;
            trees = UNARMED;
        }
        loads.close();
    }

    // ---- actions --------------------------------------------------------------------------------------------------

    private void decide(Function<WorkerGroup, List<PoolAction>> event) {
        perform(ask(event));
    }

    private void perform(List<PoolAction> actions) {
        for (PoolAction action : actions) {
            if (action instanceof PoolAction.Grant grant) {
                grant.waiter().listener().granted(new Lease(this, grant.worker()));
            } else if (action instanceof PoolAction.Refuse refuse) {
                refuse.waiter().listener().refused(refuse.why());
            } else if (action instanceof PoolAction.Spawn spawn) {
                spawn(spawn.worker());
            } else if (action instanceof PoolAction.Terminate terminate) {
                LOG.info(
                        "stopping {}: {}",
                        terminate.worker(),
                        terminate.worker().retirement());
                // Nobody has a lease of it. Some applications end only when their connection does (php-cgi).
                terminate.worker().connection().ifPresent(WorkerConnection::close);
                terminate.worker().forgetConnection();
                terminate.worker().process().ifPresent(ApplicationProcess::terminate);
            } else if (action instanceof PoolAction.Kill kill) {
                LOG.warn("{} did not end within the grace time (FcgidErrorScanInterval); killing it", kill.worker());
                kill.worker().process().ifPresent(ApplicationProcess::kill);
            } else if (action instanceof PoolAction.Warm warm) {
                Worker candidate = warm.worker();
                pool.warm(new Lease(this, candidate), failure -> decide(g -> g.warmed(candidate, failure, now())));
            } else if (action instanceof PoolAction.Tell tell) {
                LOG.atLevel(tell.level()).log(tell.text());
            } else if (action instanceof PoolAction.Compare compare) {
                compareFor(compare.worker());
            } else if (action instanceof PoolAction.LookAtLoads look) {
                lookAtLoads(look.worker(), look.withPrograms());
            } else if (action instanceof PoolAction.MakeRoom) {
                pool.makeRoom(this);
            } else if (action instanceof PoolAction.PermitFreed) {
                pool.permitFreed();
            }
        }
        pool.decided();
    }

    private void spawn(Worker worker) {
        try {
            environment.blocking().execute(() -> launch(worker));
        } catch (RejectedExecutionException e) {
            decide(g -> g.launchFailed(worker, new WorkerStartException("no thread to start " + worker, e), now()));
        }
    }

    /** On a thread that may block: arm, then start, so that no change falls between. */
    private void launch(Worker worker) {
        try {
            int touches = ask(WorkerGroup::touches); // before arm(), which looks at what FcgidWatch matches
            int armedFor = arm();
            List<MissingFile> away = away();
            if (!ask(g -> g.launching(worker, armedFor, away, touches))) {
                decide(g -> g.notLaunched(worker, now()));
                sweepFor(away);
                return;
            }
            long launchedNanos = now();
            ProcessNotices notices = new ProcessNotices(worker, applicationLog, status -> exited(worker, status));
            ApplicationProcess process =
                    environment.launcher().launch(processClass().command(), notices);
            worker.attach(process);
            loads.begin(worker, process, launchedNanos);
            pool.reportsBegin(process, this, worker);
            LOG.info("started {}, generation {}", worker, worker.generation());
            notices.startIsKnown();
            decide(g -> g.launched(worker, now()));
            if (ask(g -> worker.state() == WorkerState.DEAD)) {
                forgetLoads(worker); // it ended before it was known
            }
        } catch (WorkerStartException e) {
            launchFailed(worker, e);
        } catch (RuntimeException | Error e) {
            launchFailed(worker, new WorkerStartException(processClass() + " can't be started: " + e, e));
            throw e;
        }
    }

    private void forgetLoads(Worker worker) {
        worker.process().ifPresent(pool::reportsEnd);
        loads.end(worker);
    }

    private void lookAtLoads(Worker worker, boolean withPrograms) {
        try {
            environment.blocking().execute(() -> {
                LoadedFileTracker.Findings found = read(worker, withPrograms);
                decide(g -> g.lookedAtLoads(worker, found, now()));
                sweepFor(found.away());
            });
        } catch (RejectedExecutionException e) {
            decide(g -> g.lookedAtLoads(
                    worker, LoadedFileTracker.Findings.NONE, now())); // closing: it gets no request more
        }
    }

    /** What can't be looked at may have changed. */
    private LoadedFileTracker.Findings read(Worker worker, boolean withPrograms) {
        try {
            return loads.read(worker, withPrograms);
        } catch (RuntimeException | Error e) { // otherwise it would settle for ever
            LOG.error("what {} has loaded can't be looked at; it is replaced", worker, e);
            return new LoadedFileTracker.Findings(
                    Optional.of(processClass().command().directory()), List.of());
        }
    }

    private void launchFailed(Worker worker, WorkerStartException why) {
        learnOfChanges();
        decide(g -> g.launchFailed(worker, why, now()));
    }

    /** A failure that is due to a file which is just being changed is nobody's error. Reads the disk. */
    private void learnOfChanges() {
        if (watch.isBeingChanged() || loads.anyIsBeingChanged()) {
            decide(g -> g.filesStirred(now()));
        }
        environment.watcher().drain();
    }

    /** The generation of files that is watched from now on. */
    private int arm() {
        int generation;
        synchronized (arming) {
            generation = ask(WorkerGroup::generation);
            if (armedFor != generation && !disarmed) {
                FileWatcher.Watch old = watch;
                watch = armed();
                armedFor = generation;
                old.compare(); // what changed before the new stamps were taken
                old.close();
            }
        }
        loads.rearm();
        compare();
        environment.watcher().drain(); // what was completed before now is what the new process reads
        return generation;
    }

    private void sweepFor(List<MissingFile> away) {
        away.forEach(each -> pool.sweepAt(each.untilNanos()));
    }

    /** What a new process may need, and is away just now. Blocks. */
    private List<MissingFile> away() {
        List<MissingFile> away = new ArrayList<>(loads.away());
        presences.values().forEach(each -> each.absence(now()).ifPresent(away::add));
        return away;
    }

    /** Learns now of changes that the kernel can't tell of. Blocks. */
    private void compare() {
        FileWatcher.Watch armed;
        synchronized (arming) {
            armed = watch;
            polled = !armed.immediate() || loads.anyPolled();
        }
        if (polled) {
            armed.compare();
            loads.compare();
        }
    }

    /**
     * A worker has answered its first byte, so it has read its files. If the kernel can't tell of their changes, they may
     * be newer than what older workers have read: nobody gets one before they have been compared.
     */
    void proven(Worker worker) {
        if (polled) {
            decide(g -> g.proven(worker, now()));
        }
    }

    private void compareFor(Worker worker) {
        try {
            environment.blocking().execute(() -> {
                try {
                    compare();
                } finally {
                    decide(g -> g.compared(worker, now()));
                }
            });
        } catch (RejectedExecutionException e) {
            decide(g -> g.compared(worker, now())); // closing: nobody gets a worker any more
        }
    }

    private FileWatcher.Watch armed() {
        FileWatcher watcher = environment.watcher();
        FileWatcher.Watch named = watcher.watchFiles(processClass().policy().files(), changes);
        TreeWatch matched = TreeWatch.arm(watcher, processClass().policy().globs(), changes);
        trees = matched;
        notePresences(matched.files());
        return FileWatcher.Watch.all(List.of(named, matched));
    }

    private void notePresences(Set<Path> found) {
        long quietNanos = pool.settings().quietTime().toNanos();
        Stream.concat(needed.stream(), found.stream())
                .forEach(file -> presences.computeIfAbsent(file, f -> new FilePresence(f, quietNanos)));
        presences.forEach((file, presence) -> presence.note(
                found.contains(file) || !environment.files().stamp(file).equals(FileStamp.MISSING), now()));
        presences
                .entrySet()
                .removeIf(each ->
                        !needed.contains(each.getKey()) && each.getValue().isGone(now()));
    }

    private void exited(Worker worker, ExitStatus status) {
        if (worker.proven()) {
            environment.watcher().drain();
        } else {
            learnOfChanges();
        }
        forgetLoads(worker);
        decide(g -> g.exited(worker, status, now()));
        worker.noteExited();
    }

    private long now() {
        return environment.nanoTime().getAsLong();
    }

    private static String loggerName(String name) {
        String dotted = name.replace('.', '_').replace('/', '.');
        return dotted.startsWith(".") ? dotted.substring(1) : dotted;
    }

    /** What the watcher says of the class's files. */
    private final class Changes implements FileWatcher.FileListener {

        @Override
        public void changed(Path file) {
            LOG.info("{}: {} changed", processClass(), file);
            decide(g -> g.filesChanged(file, now()));
        }

        @Override
        public void beingWritten(Path file) {
            decide(g -> g.fileBeingWritten(file, now()));
        }
    }

    /** What is said of the files that workers have loaded. */
    private final class LoadedChanges implements LoadedFileTracker.Listener {

        @Override
        public void touched(Path file, Collection<Worker> loadedBy) {
            decide(g -> g.loadedFileTouched(file, loadedBy, now()));
        }

        @Override
        public void beingWritten(Path file) {
            decide(g -> g.fileBeingWritten(file, now()));
        }

        @Override
        public void watchedAnew() {
            decide(WorkerGroup::watchedAnew);
        }
    }

    /** Where the application's own messages go. */
    Logger applicationLog() {
        return applicationLog;
    }

    /** Refuses a waiter outside any group. */
    static void refuse(Waiter waiter, FcgiException why) {
        waiter.listener().refused(why);
    }

    private static final FileWatcher.Watch UNARMED = new FileWatcher.Watch() {
        @Override
        public boolean immediate() {
            return true;
        }

        @Override
        public void compare() {
            // nothing was armed
        }

        @Override
        public boolean isBeingChanged() {
            return false;
        }

        @Override
        public void close() {
            // nothing was armed
        }
    };
}
