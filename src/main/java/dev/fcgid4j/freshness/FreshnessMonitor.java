/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Watches and compares the files of one process class, and reads what its workers have loaded. Every finding goes to the
 * class's {@link ClassFreshness} through a {@link FreshnessExecutor}.
 *
 * <h2>Starts</h2>
 *
 * <p>{@link #prepareStart} watches the files before the process starts, so that no change falls between.
 *
 * <h2>Reports</h2>
 *
 * <p>The watcher calls back on whichever thread drains it. A change that was completed before a drain is decided on before
 * the drain returns.
 *
 * <p>Threading: any thread that doesn't hold the group's lock. Methods that block or read the disk say so.
 */
public final class FreshnessMonitor implements AutoCloseable {

    private static final int MAX_SHOWN = 300;

    private final ProcessClass processClass;
    private final FreshnessEnvironment environment;
    private final FreshnessExecutor executor;
    private final ClassFileWatch shared;
    private final LoadedFileTracker loaded;
    private final LoadReportWatch reports;
    private final FreshnessTasks tasks;

    /** A part of the watched files, and how many there are. */
    public record WatchedFiles(int count, List<String> some) {}

    FreshnessMonitor(
            ProcessClass processClass, FreshnessEnvironment environment, FreshnessExecutor executor, Shared parts) {
        this.processClass = processClass;
        this.environment = environment;
        this.executor = executor;
        this.reports = parts.reports();
        this.shared = new ClassFileWatch(processClass, environment, new SharedFileReports(), parts.quietNanos());
        this.loaded = new LoadedFileTracker(
                processClass, environment, parts.quietNanos(), parts.clocks(), new LoadedFileReports());
        this.tasks = new FreshnessTasks(processClass, environment, executor, loaded, this::compare);
    }

    /** What the monitors of all classes share. */
    record Shared(long quietNanos, FileSystemClocks clocks, LoadReportWatch reports) {}

    // ---- life of a worker -----------------------------------------------------------------------------------------

    /** Watches the files that a new process may read, and looks for missing ones. Blocks. */
    public FilesBeforeStart prepareStart() {
        int changeCount = executor.ask(ClassFreshness::changeCount); // before the search for missing files
        int generation = shared.install(() -> executor.ask(ClassFreshness::generation));
        loaded.watchAgain();
        compare();
        environment.watcher().drain(); // the new process reads what was completed before
        List<MissingFile> missing = new ArrayList<>(loaded.missing());
        missing.addAll(shared.missing());
        return new FilesBeforeStart(generation, changeCount, missing);
    }

    /** The process was not started: the pool tries again, at the latest when a missing file counts as removed. */
    public void startPrevented(FilesBeforeStart found) {
        found.missing().forEach(each -> executor.sweepAt(each.untilNanos()));
    }

    /**
     * A worker's process was started: its load report is read from now on.
     *
     * @param beforeNanos a time on the pool's clock before the start
     */
    public void started(Worker worker, ApplicationProcess process, long beforeNanos) {
        loaded.begin(worker, process, beforeNanos);
        reports.begin(process, () -> reported(worker));
    }

    /** A worker's process has ended. Harmless if it is unknown. */
    public void ended(Worker worker) {
        worker.process().ifPresent(reports::end);
        loaded.end(worker);
    }

    /** A worker's load report has grown. */
    public void reported(Worker worker) {
        executor.decide(events -> events.reported(worker));
    }

    /** A worker's response says that it depends on a file. */
    public void dependsOn(Worker worker, Path file) {
        loaded.name(worker, file);
        reported(worker);
    }

    /** Returns whether a worker may read files for each request. */
    public boolean readsWhileItServes(Worker worker) {
        return ClassFreshness.hasReported(worker)
                || !processClass.policy().globs().isEmpty();
    }

    // ---- tasks ----------------------------------------------------------------------------------------------------

    /** Performs a task on a thread that may block. */
    public void perform(FreshnessDecision.Task task) {
        tasks.perform(task);
    }

    /** Reports the changes that the kernel doesn't report. Blocks. */
    private void compare() {
        if (shared.updatePolled(loaded::anyPolled)) {
            shared.compare();
            loaded.compare();
        }
    }

    /** Returns whether the kernel doesn't report the changes of some files. */
    public boolean isPolled() {
        return shared.isPolled();
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    /** Finds out whether a file is being changed, before the cause of a failure is decided. Reads the disk. */
    public void learnOfChanges() {
        if (shared.isBeingChanged() || loaded.anyIsBeingChanged()) {
            executor.decide(events -> events.disturbed(environment.now()));
        }
        drain();
    }

    /** Takes in every change that was completed before this call. */
    public void drain() {
        environment.watcher().drain();
    }

    /**
     * {@link ClassFreshness#mayHaveReadPartialFile}, including the changes that were made before this call and are not yet
     * reported. Reads the disk if there is a file to look at.
     *
     * <p>A writer that isn't found on the disk has been reported by the time of the drain that follows the search. So each
     * search comes before its drain.
     */
    public boolean mayHaveReadPartialFile(Worker worker, boolean failed) {
        if (shared.isMatchedFileBeingChanged() || isKnownToHaveReadPartialFile(worker, failed)) {
            return true;
        }
        boolean hasReadLoaded = failed || executor.ask(freshness -> freshness.hasReportedSinceLease(worker));
        return hasReadLoaded && (loaded.anyIsBeingChanged() || isKnownToHaveReadPartialFile(worker, failed));
    }

    /** {@link #mayHaveReadPartialFile}, as far as it is known without the disk. For event loops. */
    public PartialRead partialReadWithoutDisk(Worker worker, boolean failed) {
        if (isKnownToHaveReadPartialFile(worker, failed)) {
            return PartialRead.POSSIBLE;
        }
        boolean hasReadLoaded = failed || executor.ask(freshness -> freshness.hasReportedSinceLease(worker));
        boolean nothingToSearch = processClass.policy().globs().isEmpty() && !(hasReadLoaded && loaded.size() > 0);
        return nothingToSearch ? PartialRead.NO : PartialRead.UNKNOWN;
    }

    private boolean isKnownToHaveReadPartialFile(Worker worker, boolean failed) {
        drain();
        return executor.ask(freshness -> freshness.mayHaveReadPartialFile(worker, failed));
    }

    /** Returns whether no file is being written or missing, as far as is reported or found. Reads the disk. */
    public boolean filesAreWhole() {
        return areKnownToBeWhole()
                && !shared.isMatchedFileBeingChanged()
                && !loaded.anyIsBeingChanged()
                && areKnownToBeWhole();
    }

    private boolean areKnownToBeWhole() {
        drain();
        return executor.ask(ClassFreshness::filesAreWhole);
    }

    // ---- rest -----------------------------------------------------------------------------------------------------

    /** Returns the watched files, for the status page. */
    public WatchedFiles watchedFiles() {
        List<String> some = new ArrayList<>();
        processClass.policy().files().forEach(file -> some.add(file.toString()));
        processClass
                .policy()
                .globs()
                .forEach(glob -> some.add(glob.base().resolve(glob.pattern()).toString()));
        some.addAll(loaded.some(MAX_SHOWN));
        return new WatchedFiles(processClass.policy().files().size() + loaded.size(), some);
    }

    /** Ends all watches of the class. */
    @Override
    public void close() {
        shared.close();
        loaded.close();
    }

    /** Receives the watcher's reports of files that all workers share. */
    private final class SharedFileReports implements FileWatcher.FileListener {

        @Override
        public void changed(Path file) {
            environment.listener().onEvent(new FcgiEvent.FileChanged(processClass.name(), file));
            executor.decide(events -> events.changed(file, environment.now()));
        }

        @Override
        public void beingWritten(Path file) {
            executor.decide(events -> events.beingWritten(file));
        }
    }

    /** Receives the tracker's reports of files that workers have loaded. */
    private final class LoadedFileReports implements LoadedFileTracker.Listener {

        @Override
        public void changed(Path file, Collection<Worker> loadedBy) {
            executor.decide(events -> events.loadedFileChanged(file, loadedBy, environment.now()));
        }

        @Override
        public void beingWritten(Path file) {
            executor.decide(events -> events.beingWritten(file));
        }

        @Override
        public void watchedAgain() {
            executor.decide(FreshnessEvents::watchedAgain);
        }
    }
}
