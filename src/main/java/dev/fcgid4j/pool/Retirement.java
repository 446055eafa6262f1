/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides which workers are stopped: for their age, after their last request, to make room for another class, or because
 * the class or the pool ends. Workers with outdated files are the business of {@link FreshnessApplier}.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class Retirement {

    private final ClassLimits limits;
    private final AgeRules ages;
    private final MinimumProcesses minimum;
    private final ClassPermits permits;
    private final WorkerSet workers;
    private final ClassFreshness files;
    private final RolloutState rollout;
    private final Refusals refusals;

    Retirement(
            ClassLimits limits,
            Duration grace,
            ClassPermits permits,
            WorkerSet workers,
            ClassFreshness files,
            RolloutState rollout,
            Refusals refusals) {
        this.limits = limits;
        this.ages = new AgeRules(limits, grace);
        this.minimum = new MinimumProcesses(limits, ages, workers);
        this.permits = permits;
        this.workers = workers;
        this.files = files;
        this.rollout = rollout;
        this.refusals = refusals;
    }

    /** Marks a worker that has just ended a request, if it must not serve another one. */
    void markAfterRequest(Worker worker, long nowNanos) {
        if (workers.isClosed()) {
            worker.retirement().set(RetireReason.SHUTDOWN);
        } else if (rollout.isActive() ? rollout.isForeign(worker) : files.isOutdated(worker)) {
            files.markOutdated(worker);
        } else if (!rollout.isActive()) { // during a rollout the old generation is kept until the new one is ready
            reasonAfterRequest(worker, nowNanos).ifPresent(worker.retirement()::set);
        }
    }

    private Optional<RetireReason> reasonAfterRequest(Worker worker, long nowNanos) {
        if (limits.maxRequestsPerProcess() > 0 && worker.requests() >= limits.maxRequestsPerProcess()) {
            return Optional.of(RetireReason.REQUEST_LIMIT);
        }
        if (ages.lifetimeOver(worker, minimum.ready(), nowNanos)) {
            return Optional.of(RetireReason.LIFETIME);
        }
        return permits.pay() ? Optional.of(RetireReason.MAKE_ROOM) : Optional.empty();
    }

    /** Retires the workers whose time has come, and kills those whose grace time is over. */
    void sweep(long nowNanos, PoolActions actions) {
        for (Worker worker : workers.all()) {
            Optional<RetireReason> due =
                    isKeptForRollout(worker) ? Optional.empty() : ages.due(worker, minimum.ready(), nowNanos);
            if (due.isPresent() && worker.state() == WorkerState.BUSY) {
                workers.stop(worker, due.get(), nowNanos, actions);
            } else if (due.isPresent()) {
                workers.retire(worker, due.get(), nowNanos, actions);
            } else if (ages.toBeKilled(worker, nowNanos)) {
                worker.end().noteKilled();
                actions.add(new PoolAction.Kill(worker));
            }
        }
    }

    /** When {@link #sweep} has something to do; {@code latest} if that is earlier. */
    long nextSweepNanos(long latest, long nowNanos) {
        long next = latest;
        int ready = minimum.ready();
        for (Worker worker : workers.living()) {
            if (!isKeptForRollout(worker)) {
                next = Deadlines.earlier(next, ages.nextNanos(worker, ready, nowNanos));
            }
        }
        return next;
    }

    /** During a rollout age ends no idle worker, because there may be none to replace it. */
    private boolean isKeptForRollout(Worker worker) {
        return rollout.isActive() && worker.state() == WorkerState.IDLE;
    }

    /** Retires the idle workers whose lifetime is over and whose successors are ready. */
    void retireReplaced(long nowNanos, PoolActions actions) {
        if (!minimum.isReplacing() || rollout.isActive()) {
            return; // the usual case, at each decision
        }
        for (Worker worker : workers.all()) {
            if (worker.state() == WorkerState.IDLE && ages.lifetimeOver(worker, minimum.ready(), nowNanos)) {
                workers.retire(worker, RetireReason.LIFETIME, nowNanos, actions);
            }
        }
    }

    /** Retires all workers, busy ones after their request. No other processes are started until there is a request. */
    void retireAll(RetireReason reason, long nowNanos, PoolActions actions) {
        minimum.pause();
        for (Worker worker : workers.all()) {
            workers.retireWhenFree(worker, reason, nowNanos, actions);
        }
    }

    /** The pool closes: refuses waiting requests and retires all workers, busy ones after their request. */
    void close(long nowNanos, PoolActions actions) {
        workers.close();
        refusals.allClosing(actions);
        retireAll(RetireReason.SHUTDOWN, nowNanos, actions);
    }

    /** Stops the busy workers, whose time to finish their requests is over. */
    void stopBusy(long nowNanos, PoolActions actions) {
        for (Worker worker : workers.all()) {
            if (worker.state() == WorkerState.BUSY) {
                workers.stop(worker, RetireReason.SHUTDOWN, nowNanos, actions);
            }
        }
    }

    /**
     * Gives up idle workers that the class owes to others, the one that has been idle for the longest time first. Busy ones
     * follow after their requests. To be called when no request of this class waits for an idle worker.
     */
    void makeRoom(long nowNanos, PoolActions actions) {
        while (!workers.idle().isEmpty() && permits.pay()) {
            workers.retire(workers.idle().getLast(), RetireReason.MAKE_ROOM, nowNanos, actions);
        }
        if (!workers.idle().isEmpty() && permits.isMoreThanKept(workers.staying())) {
            actions.add(new PoolAction.SharePermits());
        }
    }

    /** How many processes the class keeps. */
    MinimumProcesses minimum() {
        return minimum;
    }
}
