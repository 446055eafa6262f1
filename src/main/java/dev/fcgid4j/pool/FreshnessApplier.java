/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Applies the decisions of {@link ClassFreshness} to the workers of a class: outdated workers retire or are kept for a
 * rollout, verified workers become idle, and starts are tried again.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class FreshnessApplier {

    private final ClassFreshness files;
    private final WorkerSet workers;
    private final RolloutState rollout;
    private final RolloutController rolloutController;
    private final SpawnPolicy spawnPolicy;

    FreshnessApplier(
            ClassFreshness files,
            WorkerSet workers,
            RolloutState rollout,
            RolloutController rolloutController,
            SpawnPolicy spawnPolicy) {
        this.files = files;
        this.workers = workers;
        this.rollout = rollout;
        this.rolloutController = rolloutController;
        this.spawnPolicy = spawnPolicy;
    }

    /** Applies decisions in their order. */
    void apply(List<FreshnessDecision> decisions, long nowNanos, PoolActions actions) {
        for (FreshnessDecision decision : decisions) {
            if (decision instanceof FreshnessDecision.GenerationBegan began) {
                actions.report(new FcgiEvent.GenerationBegan(
                        workers.className(), files.generation(), began.reason(), began.file()));
                generationBegan(nowNanos, actions);
            } else if (decision instanceof FreshnessDecision.WorkersOutdated outdated) {
                outdated(outdated, nowNanos, actions);
            } else if (decision instanceof FreshnessDecision.WorkerVerified verified) {
                verified(verified, nowNanos, actions);
            } else if (decision instanceof FreshnessDecision.StartsAllowed allowed) {
                startsAllowed(allowed, nowNanos, actions);
            } else if (decision instanceof FreshnessDecision.Task task) {
                actions.add(new PoolAction.CheckFiles(task));
            }
        }
    }

    /**
     * A worker has answered its first byte, and the kernel does not report changes of all files that it has read. During a
     * rollout old and new workers serve side by side anyway.
     */
    void proven(Worker worker, long nowNanos, PoolActions actions) {
        if (!rollout.isActive()) {
            apply(files.events().proven(worker), nowNanos, actions);
        }
    }

    /**
     * A strict class retires every older worker. A rolling class keeps them until a worker of the new generation is ready. A
     * worker whose process is being started is looked at when the process is there.
     */
    private void generationBegan(long nowNanos, PoolActions actions) {
        if (!workers.isClosed() && rolloutController.begin(nowNanos, actions)) {
            return;
        }
        rollout.end();
        for (Worker worker : workers.all()) {
            if (worker.state() != WorkerState.STARTING || workers.isClosed()) {
                files.markOutdated(worker);
                workers.retireWhenFree(worker, RetireReason.SCRIPT_CHANGED, nowNanos, actions);
            }
        }
    }

    /** A rolling class keeps workers that run a complete older version, and begins a generation for their successors. */
    private void outdated(FreshnessDecision.WorkersOutdated outdated, long nowNanos, PoolActions actions) {
        boolean complete = outdated.reason() == RetireReason.LOADED_FILE_CHANGED;
        Optional<Path> kept = Optional.empty();
        for (Map.Entry<Worker, Path> each : outdated.workers().entrySet()) {
            Worker worker = each.getKey();
            if (complete && rolloutController.keeps(worker)) {
                kept = worker.retireReason().isEmpty() ? Optional.of(each.getValue()) : kept;
            } else {
                worker.retirement().set(outdated.reason(), each.getValue());
                workers.retireWhenFree(worker, outdated.reason(), nowNanos, actions);
            }
        }
        if (kept.isPresent() && rolloutController.wantsNew()) {
            apply(files.events().keptUntilNextGeneration(kept.get()), nowNanos, actions);
        }
    }

    private void verified(FreshnessDecision.WorkerVerified decision, long nowNanos, PoolActions actions) {
        Worker worker = decision.worker();
        if (!decision.verified()) {
            if (worker.state() == WorkerState.IDLE) {
                workers.unpark(worker);
                workers.park(worker, nowNanos, actions);
            }
        } else if (rollout.holds(worker)) {
            rolloutController.conclude(worker, nowNanos, actions);
        } else if (worker.state() == WorkerState.VERIFYING) {
            workers.verified(worker, nowNanos, actions);
        }
    }

    /** The change of a loaded file may repair a refused generation, so it begins another one. */
    private void startsAllowed(FreshnessDecision.StartsAllowed allowed, long nowNanos, PoolActions actions) {
        spawnPolicy.resetFailures();
        if (allowed.loadedFile().isPresent() && rollout.isRefused()) {
            apply(files.events().changed(allowed.loadedFile().get(), nowNanos), nowNanos, actions);
        }
    }
}
