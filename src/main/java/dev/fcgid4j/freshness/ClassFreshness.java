/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Knows for one process class whether its workers may still answer requests, and whether a new one may be started. {@link
 * FreshnessEvents} changes that knowledge.
 *
 * <h2>Generations</h2>
 *
 * <p>A change of a file that all workers share begins a generation. Every worker belongs to the generation in which its
 * process was started. A change of a file that only some workers have loaded makes only those outdated.
 *
 * <h2>Partial files</h2>
 *
 * <p>No process starts while a file is being written or missing ({@link FilesInFlux}). Workers that have answered before run
 * the complete old version and serve on. A worker that has not yet finished a request may have read a partial file, so it is
 * outdated.
 *
 * <h2>Purity</h2>
 *
 * <p>A plain object: no method calls the pool, waits or reads the disk.
 *
 * <p>Threading: guarded by the group's lock; any thread may call {@link #hasReported}.
 */
public final class ClassFreshness {

    private final ChangePolicy policy;
    private final FilesInFlux files;
    private final ClassGeneration generation = new ClassGeneration();
    private final WorkerVerification verification;
    private final FreshnessEvents events;

    /**
     * Creates the state of a class without workers.
     *
     * @param settleTime a change takes effect when nothing more has changed for this time (FcgidSettleTime); zero for at
     *     once
     */
    public ClassFreshness(ChangePolicy policy, Duration settleTime) {
        this.policy = policy;
        this.files = new FilesInFlux(settleTime.toNanos());
        this.verification = new WorkerVerification(policy.loads());
        this.events = new FreshnessEvents(files, generation, verification);
    }

    /** What happens to the files and the workers of the class. */
    public FreshnessEvents events() {
        return events;
    }

    // ---- life of a worker -----------------------------------------------------------------------------------------

    /** A worker was created. Its process is not yet started. */
    public void workerAdded(Worker worker) {
        verification.added(worker);
    }

    /**
     * Returns whether a process may be started now that its files are watched.
     *
     * @param found what was found when they began to be watched
     */
    public boolean mayStart(FilesBeforeStart found) {
        if (found.changeCount() == files.changeCount()) { // otherwise the missing files may be back
            found.missing().forEach(each -> files.missing(each, Set.of()));
        }
        return found.generation() == generation.number() && found.missing().isEmpty() && files.areStable();
    }

    /** A worker's process is being started: it reads the present files. */
    public void starting(Worker worker) {
        worker.generation(generation.number());
        WorkerFiles.of(worker).leased(files.changeCount());
    }

    /** A worker was leased for a request. */
    public void leased(Worker worker) {
        if (worker.proven()) { // the first request of a worker counts from its start
            WorkerFiles.of(worker).leased(files.changeCount());
        }
    }

    /** A worker has ended. */
    public void workerEnded(Worker worker) {
        verification.ended(worker);
        generation.workerEnded(worker);
        files.workerEnded(worker);
    }

    // ---- may this worker answer? ----------------------------------------------------------------------------------

    /** Returns whether a worker may have read files of an older generation, or a partial file. */
    public boolean isOutdated(Worker worker) {
        return worker.generation() != generation.number() || (!files.areWhole() && !worker.proven());
    }

    /** Marks a worker for retirement because it {@link #isOutdated}. */
    public void markOutdated(Worker worker) {
        if (worker.generation() == generation.number()) {
            new GenerationCause(RetireReason.SCRIPT_CHANGED, files.partialFile()).mark(worker);
        } else {
            generation.cause().mark(worker);
        }
    }

    /** Returns whether a worker must get no request before its verification has ended. */
    public boolean isVerifying(Worker worker) {
        return WorkerFiles.of(worker).isVerifying();
    }

    /** Returns whether a file that a worker has loaded may have changed and was not compared yet. */
    public boolean isSuspect(Worker worker) {
        return WorkerFiles.of(worker).isSuspect();
    }

    /** Returns whether a comparison is due. Until {@link FreshnessEvents#compared}, no worker may get a request. */
    public boolean isComparing() {
        return verification.isComparing();
    }

    // ---- may a worker be started? ---------------------------------------------------------------------------------

    /** Returns whether a process may be started. */
    public boolean startsAllowed() {
        return files.areStable();
    }

    /** Describes the file that is being written or missing, so that no process may be started; empty if there is none. */
    public Optional<String> startsWaitFor() {
        return files.describe();
    }

    /** When {@link FreshnessEvents#sweep} has something to do; empty if nothing is pending. */
    public OptionalLong nextSweepNanos() {
        return files.nextNanos();
    }

    // ---- was it the change? ---------------------------------------------------------------------------------------

    /**
     * Returns whether a worker's failure says nothing about the application, because a change of its files may have caused
     * it. A worker whose process was never launched has read no file, so it belongs to no older generation.
     */
    public boolean failureIsDueToChange(Worker worker) {
        boolean wasLaunched = worker.generation() != Worker.NOT_LAUNCHED;
        return (wasLaunched ? isOutdated(worker) : !files.areWhole())
                || (files.settleTimeRuns() && !worker.proven())
                || isSuspect(worker)
                || (!worker.proven() && files.disturbedSince(worker.startedNanos()))
                || worker.retireReason()
                        .filter(r -> r == RetireReason.SCRIPT_CHANGED || r == RetireReason.LOADED_FILE_CHANGED)
                        .isPresent();
    }

    /**
     * Returns whether a worker's response may be due to a partial file. Two conditions must hold.
     *
     * <ul>
     *   <li>A file was changing: it was reported, or was not watched for a moment ({@link FreshnessEvents#watchedAgain}),
     *       since the lease began (in the first request: since the start of the process); or a file is partial now.
     *   <li>The worker has failed, or may have read files since then.
     * </ul>
     *
     * <p>A worker that is older than the last change may be right all the same: it has read its files completely.
     *
     * @param failed whether the worker has failed, which is a sign that it has read a wrong file
     */
    public boolean mayHaveReadPartialFile(Worker worker, boolean failed) {
        boolean changed = files.changeCount() != WorkerFiles.of(worker).changeCountWhenLeased() || !files.areWhole();
        return changed
                && (failed || hasReportedSinceLease(worker) || !policy.globs().isEmpty());
    }

    /** Returns whether a worker has reported a loaded file since it was leased. */
    public boolean hasReportedSinceLease(Worker worker) {
        return WorkerFiles.of(worker).hasReportedSinceLease();
    }

    /** Returns whether a worker has ever reported a loaded file. Any thread. */
    public static boolean hasReported(Worker worker) {
        return WorkerFiles.of(worker).hasReported();
    }

    /** Returns whether no file is being written or missing. */
    public boolean filesAreWhole() {
        return files.areWhole();
    }

    // ---- numbers --------------------------------------------------------------------------------------------------

    /** The number of generations that began before. */
    public int generation() {
        return generation.number();
    }

    /** A count that increases with every report of a file, and whenever a change may have been missed. */
    public int changeCount() {
        return files.changeCount();
    }

    /** The last change; empty if there was none. */
    public Optional<FileChange> lastChange() {
        return generation.lastChange();
    }
}
