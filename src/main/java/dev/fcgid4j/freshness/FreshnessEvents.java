/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.freshness.FreshnessDecision.StartsAllowed;
import dev.fcgid4j.freshness.FreshnessDecision.VerifyWorker;
import dev.fcgid4j.freshness.FreshnessDecision.WorkerVerified;
import dev.fcgid4j.freshness.FreshnessDecision.WorkersOutdated;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what an event means for the workers of one process class.
 *
 * <p>Contract: each method is an event. It changes the state and returns decisions, which the pool applies before the next
 * event. No method calls the pool, waits or reads the disk.
 *
 * <p>Threading: guarded by the group's lock.
 */
public final class FreshnessEvents {

    private final FilesInFlux files;
    private final ClassGeneration generation;
    private final WorkerVerification verification;

    FreshnessEvents(FilesInFlux files, ClassGeneration generation, WorkerVerification verification) {
        this.files = files;
        this.generation = generation;
        this.verification = verification;
    }

    // ---- files that all workers share -----------------------------------------------------------------------------

    /** A change of a file that all workers share was completed. */
    public List<FreshnessDecision> changed(Path file, long nowNanos) {
        files.completed(file);
        generation.noteChange(file);
        GenerationCause changed = GenerationCause.changed(file);
        if (files.changesAtOnce()) {
            return List.of(new StartsAllowed(Optional.empty()), generation.begin(changed));
        }
        generation.beginLater(changed);
        files.beginSettleTime(nowNanos);
        return List.of(new StartsAllowed(Optional.empty()));
    }

    /** The operator asks for new workers. If a change will begin a generation soon, they are a part of it. */
    public List<FreshnessDecision> recycled() {
        GenerationCause recycled = GenerationCause.recycled();
        if (files.settleTimeRuns()) {
            generation.beginLaterIfNotPending(recycled);
            return List.of(new StartsAllowed(Optional.empty()));
        }
        return List.of(new StartsAllowed(Optional.empty()), generation.begin(recycled));
    }

    /** The pool keeps workers with an outdated loaded file until workers of a new generation are ready. */
    public List<FreshnessDecision> keptUntilNextGeneration(Path loadedFile) {
        return List.of(generation.begin(GenerationCause.loadedFileChanged(loadedFile)));
    }

    // ---- any file -------------------------------------------------------------------------------------------------

    /** A writer has begun to write a file in place. */
    public List<FreshnessDecision> beingWritten(Path file) {
        files.beingWritten(file);
        return mayHaveReadPartialFile(file);
    }

    /** Workers that have finished a request have read their files completely before. */
    private List<FreshnessDecision> mayHaveReadPartialFile(Path file) {
        Map<Worker, Path> outdated = new LinkedHashMap<>();
        for (Worker worker : verification.workers()) {
            boolean inItsFirstRequest = worker.state() == WorkerState.BUSY && worker.requests() == 0;
            if ((!worker.proven() || inItsFirstRequest) && worker.generation() != Worker.NOT_LAUNCHED) {
                outdated.put(worker, file);
            }
        }
        return outdated.isEmpty() ? List.of() : List.of(new WorkersOutdated(RetireReason.SCRIPT_CHANGED, outdated));
    }

    /** A writer was found that is changing a file, and no event has reported that yet. */
    public List<FreshnessDecision> disturbed(long nowNanos) {
        files.disturbed(nowNanos);
        return List.of();
    }

    /** Changed files are watched at their present place; until now, changes there were not reported. */
    public List<FreshnessDecision> watchedAgain() {
        files.mayHaveChanged();
        return List.of();
    }

    /** Time has passed: the settle time may have ended, and a missing file may count as removed. */
    public List<FreshnessDecision> sweep(long nowNanos) {
        List<FreshnessDecision> decisions = new ArrayList<>();
        files.takeRemoved(nowNanos).forEach((file, loadedBy) -> {
            files.disturbed(nowNanos);
            decisions.addAll(suspect(file, loadedBy));
        });
        if (files.endSettleTime(nowNanos)) {
            decisions.addAll(generation.takePending());
        }
        return decisions;
    }

    // ---- files that workers have loaded ---------------------------------------------------------------------------

    /** A worker has reported loaded files: it serves no further request before it is verified. */
    public List<FreshnessDecision> reported(Worker worker) {
        return verification.reported(worker);
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

    /** A worker has ended a request and is not to retire. */
    public List<FreshnessDecision> requestEnded(Worker worker, long nowNanos) {
        return verification.requestEnded(worker, nowNanos);
    }

    /** A verification has ended. A worker serves on while a loaded file is missing, as it does while one is written. */
    public List<FreshnessDecision> verified(Worker worker, VerificationResult result, long nowNanos) {
        WorkerFiles loaded = WorkerFiles.of(worker);
        loaded.endVerification();
        if (!verification.isAlive(worker)) {
            return List.of();
        }
        List<FreshnessDecision> decisions = new ArrayList<>();
        if (loaded.takeVerifyAgain()) { // what is missing may be back
            loaded.beginVerification();
            decisions.add(new VerifyWorker(worker, false));
        } else if (worker.state() != WorkerState.RETIRING) { // a retiring worker is never verified again
            loaded.suspect(false);
            for (MissingFile missing : result.missing()) {
                files.missing(missing, Set.of(worker));
                decisions.addAll(mayHaveReadPartialFile(missing.file()));
            }
        }
        result.outdated().ifPresent(file -> decisions.addAll(outdated(worker, file, nowNanos)));
        if (!loaded.isVerifying()) {
            decisions.add(new WorkerVerified(worker, true));
        }
        return decisions;
    }

    private List<FreshnessDecision> outdated(Worker worker, Path file, long nowNanos) {
        generation.noteChange(file);
        StartsAllowed startsAllowed = new StartsAllowed(Optional.empty());
        if (files.changesAtOnce()) {
            Map<Worker, Path> outdated = Map.of(worker, file);
            return List.of(startsAllowed, new WorkersOutdated(RetireReason.LOADED_FILE_CHANGED, outdated));
        }
        generation.outdatedLater(worker, file);
        files.beginSettleTime(nowNanos);
        return List.of(startsAllowed);
    }

    // ---- comparisons ----------------------------------------------------------------------------------------------

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
}
