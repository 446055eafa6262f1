/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.freshness.FreshnessDecision.GenerationBegan;
import dev.fcgid4j.freshness.FreshnessDecision.StartsAllowed;
import dev.fcgid4j.freshness.FreshnessDecision.VerifyWorker;
import dev.fcgid4j.freshness.FreshnessDecision.WorkerVerified;
import dev.fcgid4j.freshness.FreshnessDecision.WorkersOutdated;
import dev.fcgid4j.worker.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Decides for one process class whether its workers may still answer requests.
 *
 * <h2>Contract</h2>
 *
 * <p>A plain object. An event changes its state and returns decisions; the pool applies them before it asks again. No
 * method calls the pool, waits or reads the disk.
 *
 * <h2>Generations</h2>
 *
 * <p>A change of a file that all workers share begins a generation. Every worker belongs to the generation in which its
 * process was started. A change of a file that only some workers have loaded makes only those outdated.
 *
 * <h2>Partial files</h2>
 *
 * <p>No process starts while a file is being written or missing ({@link FilesInFlux}). Workers that have answered before
 * run the complete old version and serve on. A worker that has not yet finished a request may have read a partial file and
 * is outdated.
 *
 * <p>Threading: guarded by the group's lock; any thread may call {@link #hasReported}.
 */
public final class ClassFreshness {

    private final ChangePolicy policy;
    private final FilesInFlux files;
    private final WorkerVerification verification;
    private int generation;
    private GenerationCause cause = new GenerationCause(RetireReason.SCRIPT_CHANGED, Optional.empty());
    private Optional<FileChange> lastChange = Optional.empty();

    // Takes effect when the settle time ends.
    private Optional<GenerationCause> pendingCause = Optional.empty();
    private final Map<Worker, Path> pendingOutdated = new LinkedHashMap<>();

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
    }

    // ---- changed files --------------------------------------------------------------------------------------------

    /** A change of a file that all workers share was completed. */
    public List<FreshnessDecision> changed(Path file, long nowNanos) {
        files.completed(file);
        noteChange(file);
        GenerationCause changed = GenerationCause.changed(file);
        if (files.changesAtOnce()) {
            return startsAllowedAnd(next(changed));
        }
        pendingCause = Optional.of(changed);
        files.beginSettleTime(nowNanos);
        return startsAllowedAnd(List.of());
    }

    /** The operator asks for new workers. They come with the next generation, if a change has announced one. */
    public List<FreshnessDecision> recycled() {
        GenerationCause recycled = GenerationCause.recycled();
        if (files.settleTimeRuns()) {
            pendingCause = Optional.of(pendingCause.orElse(recycled));
            return startsAllowedAnd(List.of());
        }
        return startsAllowedAnd(next(recycled));
    }

    /** A loaded file changed and the pool keeps the workers that have loaded it until newer ones are ready. */
    public List<FreshnessDecision> beginGeneration(Path loadedFile) {
        return next(GenerationCause.loadedFileChanged(loadedFile));
    }

    private List<FreshnessDecision> next(GenerationCause why) {
        generation++;
        cause = why;
        return List.of(new GenerationBegan(why.reason(), why.file()));
    }

    private static List<FreshnessDecision> startsAllowedAnd(List<FreshnessDecision> more) {
        List<FreshnessDecision> decisions = new ArrayList<>(2);
        decisions.add(new StartsAllowed(Optional.empty()));
        decisions.addAll(more);
        return decisions;
    }

    private void noteChange(Path file) {
        lastChange = Optional.of(new FileChange(Clock.systemUTC().instant(), file));
    }

    /** A writer has begun to write a file in place. */
    public List<FreshnessDecision> beingWritten(Path file) {
        files.beingWritten(file);
        return mayHaveReadPartial(file);
    }

    private List<FreshnessDecision> mayHaveReadPartial(Path file) {
        Map<Worker, Path> outdated = new LinkedHashMap<>();
        for (Worker worker : verification.workers()) {
            boolean inItsFirstRequest = worker.state() == WorkerState.BUSY && worker.requests() == 0;
            if ((!worker.proven() || inItsFirstRequest) && worker.generation() != Worker.NOT_LAUNCHED) {
                outdated.put(worker, file);
            }
        }
        return outdated.isEmpty() ? List.of() : List.of(new WorkersOutdated(RetireReason.SCRIPT_CHANGED, outdated));
    }

    /** A writer was found that is changing a file; the kernel will report the change. */
    public List<FreshnessDecision> disturbed(long nowNanos) {
        files.disturbed(nowNanos);
        return List.of();
    }

    /** Loaded files are watched again at their present place; until then their changes were not reported. */
    public List<FreshnessDecision> watchedAgain() {
        files.mayHaveChanged();
        return List.of();
    }

    /** A change of a file that these workers have loaded was completed: none of them serves before it is verified. */
    public List<FreshnessDecision> loadedFileChanged(Path file, Collection<Worker> loadedBy, long nowNanos) {
        files.completed(file);
        files.disturbed(nowNanos);
        return suspect(file, loadedBy);
    }

    private List<FreshnessDecision> suspect(Path file, Collection<Worker> loadedBy) {
        List<FreshnessDecision> decisions = new ArrayList<>();
        decisions.add(new StartsAllowed(Optional.of(file)));
        decisions.addAll(verification.suspect(loadedBy));
        return decisions;
    }

    /** Ends the settle time and removes missing files, if it is time. */
    public List<FreshnessDecision> sweep(long nowNanos) {
        List<FreshnessDecision> decisions = new ArrayList<>();
        files.takeRemoved(nowNanos).forEach((file, loadedBy) -> {
            files.disturbed(nowNanos);
            decisions.addAll(suspect(file, loadedBy));
        });
        if (files.endSettleTime(nowNanos)) {
            Map<Worker, Path> outdated = new LinkedHashMap<>(pendingOutdated);
            pendingOutdated.clear();
            if (pendingCause.isPresent()) {
                decisions.addAll(next(pendingCause.get()));
                pendingCause = Optional.empty();
            } else if (!outdated.isEmpty()) {
                decisions.add(new WorkersOutdated(RetireReason.LOADED_FILE_CHANGED, outdated));
            }
        }
        return decisions;
    }

    /** When {@link #sweep} has something to do; empty if nothing is pending. */
    public OptionalLong nextSweepNanos() {
        return files.nextNanos();
    }

    // ---- workers --------------------------------------------------------------------------------------------------

    /** A worker was created. Its process is not yet started. */
    public void workerAdded(Worker worker) {
        verification.added(worker);
    }

    /** A worker has ended. */
    public void workerEnded(Worker worker) {
        verification.ended(worker);
        pendingOutdated.remove(worker);
        files.workerEnded(worker);
    }

    /** A worker has reported loaded files: it serves no further request before it is verified. */
    public List<FreshnessDecision> reported(Worker worker) {
        return verification.reported(worker);
    }

    /** Whether a worker has ever reported a loaded file. Any thread. */
    public static boolean hasReported(Worker worker) {
        return WorkerFiles.of(worker).hasReported();
    }

    /** Whether a worker has reported a loaded file since it was leased. */
    boolean hasReportedSinceLease(Worker worker) {
        return WorkerFiles.of(worker).hasReportedSinceLease();
    }

    /** A worker was leased for a request. */
    public void leased(Worker worker) {
        if (worker.proven()) { // the first request of a worker counts from its start
            WorkerFiles.of(worker).leased(files.changeCount());
        }
    }

    /** A worker has ended a request and is not to retire. */
    public List<FreshnessDecision> requestEnded(Worker worker, long nowNanos) {
        return verification.requestEnded(worker, nowNanos);
    }

    /** A verification has ended. The worker serves on while a loaded file is missing, as it does while one is written. */
    public List<FreshnessDecision> verified(Worker worker, VerificationResult result, long nowNanos) {
        WorkerFiles loaded = WorkerFiles.of(worker);
        loaded.endVerification();
        if (!verification.isAlive(worker)) {
            return List.of();
        }
        List<FreshnessDecision> decisions = new ArrayList<>();
        if (loaded.takeVerifyAgain()) { // a missing file may have returned
            loaded.beginVerification();
            decisions.add(new VerifyWorker(worker, false));
        } else if (worker.state() != WorkerState.RETIRING) { // verifyAgain is not kept for a retiring worker
            loaded.suspect(false);
            for (MissingFile missing : result.missing()) {
                files.missing(missing, Set.of(worker));
                decisions.addAll(mayHaveReadPartial(missing.file()));
            }
        }
        result.outdated().ifPresent(file -> decisions.addAll(outdated(worker, file, nowNanos)));
        if (!loaded.isVerifying()) {
            decisions.add(new WorkerVerified(worker, true));
        }
        return decisions;
    }

    private List<FreshnessDecision> outdated(Worker worker, Path file, long nowNanos) {
        noteChange(file);
        if (files.changesAtOnce()) {
            return startsAllowedAnd(
                    List.of(new WorkersOutdated(RetireReason.LOADED_FILE_CHANGED, Map.of(worker, file))));
        }
        pendingOutdated.putIfAbsent(worker, file);
        files.beginSettleTime(nowNanos);
        return startsAllowedAnd(List.of());
    }

    /** Whether a worker must get no request before its verification has ended. */
    public boolean isVerifying(Worker worker) {
        return WorkerFiles.of(worker).isVerifying();
    }

    /** Whether a file that a worker has loaded may have changed and was not compared yet. */
    public boolean isSuspect(Worker worker) {
        return WorkerFiles.of(worker).isSuspect();
    }

    /**
     * A worker has answered its first byte, and the kernel doesn't report changes of all files. A client that has seen this
     * answer must get none from older files: no worker of the class serves before the files are compared.
     */
    public List<FreshnessDecision> proven(Worker worker) {
        return verification.proven(worker);
    }

    /** The files were compared after the worker had read them. */
    public List<FreshnessDecision> compared(Worker worker) {
        verification.compared(worker);
        return List.of();
    }

    /** Whether a comparison is due: until {@link #compared}, no worker of the class may get a request. */
    public boolean isComparing() {
        return verification.isComparing();
    }

    // ---- starts ---------------------------------------------------------------------------------------------------

    /** Whether a process may be started. */
    public boolean startsAllowed() {
        return files.areStable();
    }

    /** The file for which {@link #startsAllowed} is false, and what happens to it; empty if it is true or time passes. */
    public Optional<String> startsWaitFor() {
        return files.describe();
    }

    /**
     * Whether a process may be started now that its files are watched.
     *
     * @param found what was found when they began to be watched
     */
    public boolean mayStart(FilesBeforeStart found) {
        if (found.changeCount() == files.changeCount()) { // otherwise the missing files may be back
            found.missing().forEach(each -> files.missing(each, Set.of()));
        }
        return found.generation() == generation && found.missing().isEmpty() && files.areStable();
    }

    /** A worker's process is being started: it reads the present files. */
    public void starting(Worker worker) {
        worker.generation(generation);
        WorkerFiles.of(worker).leased(files.changeCount());
    }

    // ---- questions ------------------------------------------------------------------------------------------------

    /** The number of generations that began before. */
    public int generation() {
        return generation;
    }

    /** A count that increases with every report of a file, and whenever a change may have been missed. */
    public int changeCount() {
        return files.changeCount();
    }

    /** Whether no file is being written or missing. */
    public boolean filesAreWhole() {
        return files.areWhole();
    }

    /** The last change; empty if there was none. */
    public Optional<FileChange> lastChange() {
        return lastChange;
    }

    /** Whether a worker may have read files of an older generation, or a partial file. */
    public boolean isOutdated(Worker worker) {
        return worker.generation() != generation || (!files.areWhole() && !worker.proven());
    }

    /** Marks a worker for retirement because it {@link #isOutdated}. */
    public void markOutdated(Worker worker) {
        if (worker.generation() == generation) {
            new GenerationCause(RetireReason.SCRIPT_CHANGED, files.partialFile()).mark(worker);
        } else {
            cause.mark(worker);
        }
    }

    /** Whether a worker's failure says nothing about the application, because a change of its files may have caused it. */
    public boolean failureIsDueToChange(Worker worker) {
        return isOutdated(worker)
                || (files.settleTimeRuns() && !worker.proven())
                || isSuspect(worker)
                || (!worker.proven() && files.disturbedSince(worker.startedNanos()))
                || worker.retireReason()
                        .filter(r -> r == RetireReason.SCRIPT_CHANGED || r == RetireReason.LOADED_FILE_CHANGED)
                        .isPresent();
    }

    /**
     * Whether a worker's response may be due to a partial file. That is so if a file was reported, or was not watched for a
     * moment ({@link #watchedAgain}), since the lease began (in the first request: since the start of the process), or if a
     * file is partial now, and the worker has failed or has read files meanwhile. A worker that is older than the last change
     * makes no difference: it has read its files completely.
     *
     * @param failed whether the worker has failed, which is a sign that it has read a wrong file
     */
    public boolean mayHaveReadPartialFile(Worker worker, boolean failed) {
        WorkerFiles loaded = WorkerFiles.of(worker);
        boolean changed = files.changeCount() != loaded.changeCountWhenLeased() || !files.areWhole();
        return changed
                && (failed || loaded.hasReportedSinceLease() || !policy.globs().isEmpty());
    }
}
