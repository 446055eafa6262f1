/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.worker.WorkerState;

/**
 * Decides whether the class starts another process, and takes the permit for it.
 *
 * <h2>What a start needs</h2>
 *
 * <ul>
 *   <li>complete files ({@link ClassFreshness#startsAllowed});
 *   <li>no rollout; during one only its candidate is started, one process above the limit of the class;
 *   <li>room below FcgidMaxProcessesPerClass;
 *   <li>the consent of {@link SpawnPolicy}; after a failed start one process at a time until one has answered;
 *   <li>a permit of the {@link ProcessBudget}. Without one, another class is asked once to give up an idle worker. It is
 *       asked again only after a permit came free and was not enough.
 * </ul>
 *
 * <p>Threading: guarded by the group's lock.
 */
final class StartControl {

    private final ClassLimits limits;
    private final ProcessBudget budget;
    private final SpawnPolicy policy;
    private final WorkerSet workers;
    private final ClassFreshness files;
    private final RolloutState rollout;

    private boolean wantsPermit;
    private boolean fillsUpLater;

    // What the budget knows of this class.
    private boolean reportedWanting;
    private boolean reportedStarving;

    StartControl(
            ClassLimits limits,
            ProcessBudget budget,
            SpawnPolicy policy,
            WorkerSet workers,
            ClassFreshness files,
            RolloutState rollout) {
        this.limits = limits;
        this.budget = budget;
        this.policy = policy;
        this.workers = workers;
        this.files = files;
        this.rollout = rollout;
    }

    /** Whether another process may be started, if there is a permit for it. */
    boolean mayStart(long nowNanos) {
        return !workers.isClosed()
                && files.startsAllowed()
                && !rollout.isActive()
                && hasRoom()
                && policy.allows(nowNanos)
                && !(policy.probing() && anyUnproven());
    }

    /** Whether the class has fewer processes than FcgidMaxProcessesPerClass. */
    boolean hasRoom() {
        return workers.living().size() < limits.maxProcesses();
    }

    private boolean anyUnproven() {
        return workers.living().stream().anyMatch(w -> !w.proven() && w.state() != WorkerState.RETIRING);
    }

    /** Starts processes until each waiting request has one to expect, as far as that is allowed. */
    void startFor(int waiting, long nowNanos, PoolActions actions) {
        while (waiting > workers.soonIdle() && mayStart(nowNanos) && takePermit(actions)) {
            workers.start(nowNanos, actions);
        }
    }

    /**
     * Starts processes that no request waits for, up to the minimum of the class. They take permits that nobody wants, and no
     * class makes room for them.
     */
    void fillUp(int lacking, long nowNanos, PoolActions actions) {
        fillsUpLater = false;
        for (int i = 0; i < lacking && !policy.probing() && mayStart(nowNanos); i++) {
            if (budget.anyWanting() || !budget.tryAcquire()) {
                fillsUpLater = true;
                return;
            }
            workers.start(nowNanos, actions);
        }
    }

    /** Starts the process with which a rollout tries the new generation, if it wants one. */
    void startCandidate(long nowNanos, PoolActions actions) {
        boolean may = rollout.wantsCandidate()
                && !workers.isClosed()
                && files.startsAllowed()
                && workers.living().size() <= limits.maxProcesses();
        if (may && takePermit(actions)) {
            rollout.candidate(workers.start(nowNanos, actions));
        }
    }

    private boolean takePermit(PoolActions actions) {
        if (budget.tryAcquire()) {
            return true;
        }
        if (!wantsPermit) {
            wantsPermit = true;
            actions.add(new PoolAction.MakeRoom());
        }
        return false;
    }

    SpawnPolicy spawnPolicy() {
        return policy;
    }

    /** A permit came free somewhere. */
    void permitFreed() {
        wantsPermit = false;
    }

    /** Whether the class lacks a permit. */
    boolean wantsPermit() {
        return wantsPermit;
    }

    /** Whether the class has fewer processes than its minimum for want of a permit. */
    boolean fillsUpLater() {
        return fillsUpLater;
    }

    /** Whether the class lacks a permit and has not a single process. */
    boolean isStarving() {
        return reportedStarving;
    }

    /** Reports to the budget what the class lacks at the end of a decision, so that other classes can make room. */
    void reportNeeds(boolean anyWaiting) {
        wantsPermit &= anyWaiting || rollout.wantsCandidate();
        if (wantsPermit != reportedWanting) {
            reportedWanting = wantsPermit;
            budget.wanting(wantsPermit);
        }
        boolean starving = wantsPermit && workers.living().isEmpty();
        if (starving != reportedStarving) {
            reportedStarving = starving;
            budget.starving(starving);
        }
    }
}
