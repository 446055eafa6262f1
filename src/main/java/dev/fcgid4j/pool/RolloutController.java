/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a new generation beside one that serves (FcgidReplace rolling): checks its candidate, compares its canary
 * with the old generation, and lets the new generation take over or refuses it. {@link RolloutState} keeps the state.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class RolloutController {

    private static final int SERVER_ERROR = 500;

    private final ProcessClass processClass;
    private final WorkerSet workers;
    private final ClassFreshness files;
    private final RolloutState rollout;

    RolloutController(ProcessClass processClass, WorkerSet workers, ClassFreshness files, RolloutState rollout) {
        this.processClass = processClass;
        this.workers = workers;
        this.files = files;
        this.rollout = rollout;
    }

    /** The state of the rollout in words; empty if there is nothing to say. */
    String text() {
        return rollout.text();
    }

    /** A new generation began; false if no worker serves that could go on meanwhile, so there is no rollout. */
    boolean begin(long nowNanos, PoolActions actions) {
        Optional<Worker> serving = workers.living().stream()
                .filter(w -> keeps(w) && w.retireReason().isEmpty())
                .findFirst();
        if (serving.isEmpty()) {
            return false;
        }
        for (Worker worker : workers.all()) {
            boolean launched = worker.generation() != Worker.NOT_LAUNCHED;
            if (launched && !keeps(worker)) {
                files.markOutdated(worker);
                workers.retireWhenFree(worker, RetireReason.SCRIPT_CHANGED, nowNanos, actions);
            }
        }
        rollout.begin(serving.get().generation(), files.generation());
        return true;
    }

    /** Whether a worker goes on although its files changed, until a newer worker is ready. */
    boolean keeps(Worker worker) {
        return processClass.policy().rolling() && worker.proven() && !rollout.isCandidate(worker);
    }

    /** Whether the change of a file begins a rollout. If a generation is being tried, its own worker is replaced instead. */
    boolean wantsNew() {
        return processClass.policy().rolling() && (!rollout.isActive() || rollout.isRefused());
    }

    /** The candidate was checked: why it is not ready; empty if it is ready. */
    void warmedUp(Worker worker, Optional<String> failure, long nowNanos, PoolActions actions) {
        if (!rollout.holds(worker)) {
            return; // it has ended, or the files have changed again
        }
        if (failure.isEmpty()) {
            rollout.passed();
        } else if (files.failureIsDueToChange(worker)) {
            files.markOutdated(worker);
            rollout.candidateEnded();
        } else {
            refuse(failure.get(), worker, nowNanos, actions);
        }
        conclude(worker, nowNanos, actions);
    }

    /** A candidate that passed its check takes over once its files are verified. */
    void conclude(Worker worker, long nowNanos, PoolActions actions) {
        if (files.isVerifying(worker)) {
            return;
        }
        if (rollout.holds(worker) && rollout.hasPassed()) {
            if (files.failureIsDueToChange(worker) || worker.retireReason().isPresent()) {
                files.markOutdated(worker);
                rollout.candidateEnded();
            } else if (rollout.ready()) {
                takeOver(nowNanos, actions);
            }
        }
        if (worker.state() == WorkerState.VERIFYING && !rollout.holds(worker)) {
            workers.verified(worker, nowNanos, actions);
        }
    }

    /** A worker ended a request: the result counts for its generation. */
    void released(Worker worker, Outcome outcome, long nowNanos, PoolActions actions) {
        boolean exitedInOrder = outcome == Outcome.UNREAD
                && worker.end().status().filter(ExitStatus::success).isPresent();
        if (!exitedInOrder) {
            rollout.answered(worker, outcome.retire().isPresent() || worker.lastStatus() >= SERVER_ERROR);
        }
        decideCanary(worker, nowNanos, actions);
    }

    /** A worker's process ended, in this state before. The end of a busy worker counts only when its request ends. */
    void exited(Worker worker, ExitStatus status, WorkerState before, long nowNanos, PoolActions actions) {
        boolean asked = worker.retireReason().isPresent();
        boolean inOrder = status.success() && worker.requests() > 0;
        if (!asked && before != WorkerState.BUSY && !inOrder) {
            rollout.answered(worker, true);
        }
        if (rollout.holds(worker)) {
            if (files.failureIsDueToChange(worker)) {
                rollout.candidateEnded();
            } else if (!asked) {
                refuse("its process ended with " + status, worker, nowNanos, actions);
            } // otherwise the result of its check will come
        } else {
            if (rollout.isCandidate(worker)) {
                rollout.candidateEnded();
            }
            decideCanary(worker, nowNanos, actions);
        }
    }

    private void decideCanary(Worker worker, long nowNanos, PoolActions actions) {
        if (rollout.isClearlyWorse()) {
            refuse(rollout.score(), rollout.candidate().orElse(worker), nowNanos, actions);
        } else if (rollout.hasProvedItself()
                && rollout.candidate().filter(this::isServing).isPresent()) {
            takeOver(nowNanos, actions);
        }
    }

    private boolean isServing(Worker candidate) {
        return (candidate.state() == WorkerState.IDLE || candidate.state() == WorkerState.BUSY)
                && !files.isVerifying(candidate)
                && candidate.retireReason().isEmpty();
    }

    /** The candidate's generation serves from now on; older workers are retired. */
    private void takeOver(long nowNanos, PoolActions actions) {
        actions.report(new FcgiEvent.RolloutEnded(processClass.name(), rollout.target(), true, ""));
        end();
        for (Worker worker : workers.all()) {
            if (worker.generation() != files.generation() && worker.generation() != Worker.NOT_LAUNCHED) {
                files.markOutdated(worker);
                workers.retireWhenFree(worker, RetireReason.SCRIPT_CHANGED, nowNanos, actions);
            }
        }
    }

    /** Ends the rollout: the canary becomes a worker like any other. */
    private void end() {
        Optional<Worker> canary = rollout.candidate().filter(rollout::isCanary);
        rollout.end();
        canary.ifPresent(workers::canaryJoins);
    }

    /** The new generation is refused, for example because the process of its candidate could not be started. */
    void refuse(String why, @Nullable Worker worker, long nowNanos, PoolActions actions) {
        rollout.refuse(why, worker);
        actions.report(new FcgiEvent.RolloutEnded(processClass.name(), rollout.target(), false, rollout.text()));
        if (worker != null && workers.living().contains(worker) && worker.generation() == rollout.target()) {
            files.lastChange().ifPresent(change -> worker.retirement().set(RetireReason.REFUSED, change.file()));
            workers.retireWhenFree(worker, RetireReason.REFUSED, nowNanos, actions);
        }
    }

    /** Ends the rollout if no worker of the old generation is left. */
    void giveUp(long nowNanos, PoolActions actions) {
        if (!rollout.isActive()) {
            return; // the usual case, at each decision
        }
        boolean anyOld = workers.living().stream()
                .anyMatch(w -> !rollout.isCandidate(w)
                        && w.generation() != Worker.NOT_LAUNCHED
                        && w.retireReason().isEmpty()
                        && w.state() != WorkerState.RETIRING);
        if (anyOld) {
            return;
        }
        Optional<Worker> held = rollout.candidate().filter(rollout::holds);
        end();
        held.filter(w -> w.state() == WorkerState.VERIFYING && !files.isVerifying(w))
                .ifPresent(w -> workers.verified(w, nowNanos, actions));
    }
}
