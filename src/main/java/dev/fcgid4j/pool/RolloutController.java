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
 * Decides on a new generation beside one that works (FcgidReplace rolling): tries its candidate, judges its canary, lets
 * it take over or refuses it. {@link RolloutState} remembers how far that is.
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

    /** There is a new generation; false when nothing serves that could go on meanwhile. */
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

    /** Whether a worker goes on although its files changed, until a newer one is ready. */
    boolean keeps(Worker worker) {
        return processClass.policy().rolling() && worker.proven() && !rollout.isCandidate(worker);
    }

    /** Whether the change of a file calls for a new generation: not when one is being tried, which is replaced itself. */
    boolean wantsNew() {
        return processClass.policy().rolling() && (!rollout.isActive() || rollout.isRefused());
    }

    /** The candidate has been tried: why it isn't ready, or nothing when it is. */
    void warmedUp(Worker worker, Optional<String> failure, long nowNanos, PoolActions actions) {
        if (!rollout.holds(worker)) {
            return; // it has ended, or the files changed again
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

    /** A candidate that was tried well takes over once it is known that its files are what it has loaded. */
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

    /** A worker has ended a request. */
    void released(Worker worker, Outcome outcome, long nowNanos, PoolActions actions) {
        boolean nobodysError = outcome == Outcome.UNREAD
                && worker.exitStatus().filter(ExitStatus::success).isPresent();
        if (!nobodysError) {
            rollout.answered(worker, outcome.retire().isPresent() || worker.lastStatus() >= SERVER_ERROR);
        }
        decideCanary(worker, nowNanos, actions);
    }

    /**
     * A worker's process has ended.
     *
     * @param before its state until then: the death of a busy one is counted when its request ends, and only then
     */
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
            } // otherwise the verdict of whoever tries it is on its way
        } else {
            if (rollout.isCandidate(worker)) {
                rollout.candidateEnded();
            }
            decideCanary(worker, nowNanos, actions);
        }
    }

    /** The candidate's process can't be started. */
    void startFailed(Worker worker, String why, long nowNanos, PoolActions actions) {
        refuse(why, worker, nowNanos, actions);
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

    /** The candidate's generation serves; who is older goes. */
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

    /** No generation is tried any more; the canary is a worker as any other. */
    private void end() {
        Optional<Worker> canary = rollout.candidate().filter(rollout::isCanary);
        rollout.end();
        canary.ifPresent(workers::canaryJoins);
    }

    private void refuse(String why, @Nullable Worker worker, long nowNanos, PoolActions actions) {
        rollout.refuse(why, worker);
        actions.report(new FcgiEvent.RolloutEnded(processClass.name(), rollout.target(), false, rollout.text()));
        if (worker != null && workers.living().contains(worker) && worker.generation() == rollout.target()) {
            files.lastChange().ifPresent(change -> worker.markForRetirement(RetireReason.REFUSED, change.file()));
            workers.retireWhenFree(worker, RetireReason.REFUSED, nowNanos, actions);
        }
    }

    /** When nobody of the old generation is left there is nothing to go on with. */
    void giveUp(long nowNanos, PoolActions actions) {
        if (!rollout.isActive()) {
            return; // asked at every decision
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
