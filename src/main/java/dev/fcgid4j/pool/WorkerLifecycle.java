/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;

/**
 * Applies what becomes of the processes of a class: started, not started, ended.
 *
 * <h2>Failed starts</h2>
 *
 * <p>A start has failed if no process could be started, or if the process ended before it accepted a request. Failed
 * starts make the class wait ({@link SpawnPolicy}). A failure that a change of the class's files explains is not counted.
 *
 * <p>Only the request of a busy worker knows whether the worker accepted its connection. So when a busy worker ends by
 * itself in its first request, the decision is left to {@link #releasedAfterEnd}.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class WorkerLifecycle {

    private final WorkerSet workers;
    private final ClassFreshness files;
    private final SpawnPolicy spawnPolicy;
    private final RolloutState rollout;
    private final RolloutController rolloutController;
    private final GroupHistory history;
    private final Refusals refusals;

    WorkerLifecycle(
            WorkerSet workers,
            ClassFreshness files,
            SpawnPolicy spawnPolicy,
            RolloutState rollout,
            RolloutController rolloutController,
            GroupHistory history,
            Refusals refusals) {
        this.workers = workers;
        this.files = files;
        this.spawnPolicy = spawnPolicy;
        this.rollout = rollout;
        this.rolloutController = rolloutController;
        this.history = history;
        this.refusals = refusals;
    }

    /**
     * Whether the process of a starting worker may be started now that its files are watched.
     *
     * @param found what was found when the files began to be watched
     * @return false if the pool closes, a file is being written or missing, files changed since they are watched, or
     *     another generation is being tried; the caller reports {@link #notStarted} then
     */
    boolean mayStart(Worker worker, FilesBeforeStart found) {
        if (!files.mayStart(found)
                || workers.isClosed()
                || worker.state() != WorkerState.STARTING
                || (rollout.isActive() && !rollout.isCandidate(worker))) {
            return false;
        }
        files.starting(worker);
        return true;
    }

    /** {@link #mayStart} was false: the worker is forgotten and its permit given back. */
    void notStarted(Worker worker, long nowNanos, PoolActions actions) {
        if (rollout.isCandidate(worker)) {
            rollout.candidateEnded();
        }
        workers.remove(worker, nowNanos, actions);
    }

    /** The process of a worker was started. The worker may have ended already. */
    void started(Worker worker, long nowNanos, PoolActions actions) {
        history.countStart();
        spawnPolicy.started(nowNanos);
        if (worker.state() == WorkerState.RETIRING) {
            actions.terminate(worker); // the pool closed meanwhile
        } else if (worker.state() == WorkerState.STARTING) {
            use(worker, nowNanos, actions);
        }
    }

    private void use(Worker worker, long nowNanos, PoolActions actions) {
        workers.hasProcess();
        if (files.isOutdated(worker)) {
            files.markOutdated(worker);
            if (rollout.isCandidate(worker)) {
                rollout.candidateEnded();
            }
        } else if (rollout.holds(worker)) {
            worker.become(WorkerState.IDLE, nowNanos);
            worker.become(WorkerState.BUSY, nowNanos);
            actions.add(new PoolAction.WarmUp(worker));
            return;
        }
        workers.park(worker, nowNanos, actions);
    }

    /** No process could be started for a worker. If the class has no other one, its waiting requests are refused. */
    void startFailed(Worker worker, WorkerStartException why, long nowNanos, PoolActions actions) {
        boolean dueToChange = files.failureIsDueToChange(worker);
        boolean candidate = rollout.isCandidate(worker);
        if (candidate && dueToChange) {
            rollout.candidateEnded();
        } else if (candidate) {
            rolloutController.refuse(String.valueOf(why.getMessage()), worker, nowNanos, actions);
        } else {
            actions.report(WorkerEvents.startFailed(worker, why.getMessage(), dueToChange));
        }
        workers.remove(worker, nowNanos, actions);
        if (dueToChange || candidate) {
            return; // a class whose old generation goes on need not back off
        }
        spawnPolicy.failed(worker.startedNanos(), nowNanos, why);
        if (workers.living().isEmpty()) {
            refusals.all(spawnPolicy.refusal(nowNanos), actions);
        }
    }

    /** The process of a worker ended and was reaped. */
    void exited(Worker worker, ExitStatus status, long nowNanos, PoolActions actions) {
        worker.end().status(status);
        boolean byItself = worker.retireReason().isEmpty();
        boolean decidedLater = byItself && worker.state() == WorkerState.BUSY && !worker.proven();
        boolean startFailed = !decidedLater && hasFailedToStart(worker, byItself);
        if (startFailed) {
            startFailed(worker, nowNanos, actions);
        }
        WorkerState before = worker.state();
        workers.remove(worker, nowNanos, actions);
        rolloutController.exited(worker, status, before, nowNanos, actions);
        worker.retirement().set(RetireReason.EXITED);
        boolean crashed = byItself && !status.success() && !startFailed && !decidedLater;
        if (crashed) {
            actions.report(WorkerEvents.crashed(worker, status));
        }
        actions.report(WorkerEvents.exited(worker, status, crashed));
        history.died(worker, status);
        spawnPolicy.ended(nowNanos);
    }

    private boolean hasFailedToStart(Worker worker, boolean byItself) {
        boolean unreachable = worker.retireReason()
                .filter(reason -> reason == RetireReason.UNREACHABLE)
                .isPresent();
        return !worker.proven() && (byItself || unreachable) && !files.failureIsDueToChange(worker);
    }

    /** A request gives back a worker whose process has ended: now it is known whether the request was ever read. */
    void releasedAfterEnd(Worker worker, Outcome outcome, long nowNanos, PoolActions actions) {
        if (worker.proven()) {
            return;
        }
        boolean byItself = worker.retireReason()
                .filter(reason -> reason == RetireReason.EXITED)
                .isPresent();
        ExitStatus status = worker.end().status().orElseThrow();
        if (outcome == Outcome.UNREAD && !files.failureIsDueToChange(worker)) {
            startFailed(worker, nowNanos, actions);
        } else if (byItself && !status.success()) {
            actions.report(WorkerEvents.crashed(worker, status));
        }
    }

    private void startFailed(Worker worker, long nowNanos, PoolActions actions) {
        WorkerStartException why = RefusalMessages.startFailed(worker);
        actions.report(WorkerEvents.startFailed(worker, why.getMessage(), false));
        spawnPolicy.failed(worker.startedNanos(), nowNanos, why);
    }
}
