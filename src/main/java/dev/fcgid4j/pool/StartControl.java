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
 *   <li>a permit of the {@link ProcessBudget}. Without one, the classes share the permits anew ({@link PermitExchange}).
 *       The class asks for that when it lacks more permits than the exchange knows.
 * </ul>
 *
 * <p>Threading: guarded by the group's lock.
 */
final class StartControl {

    private final ClassLimits limits;
    private final ClassPermits permits;
    private final SpawnPolicy policy;
    private final WorkerSet workers;
    private final ClassFreshness files;
    private final RolloutState rollout;

    private int missingForCandidate;
    private int missingForRequests;
    private int knownMissing;
    private boolean fillsUpLater;

    StartControl(
            ClassLimits limits,
            ClassPermits permits,
            SpawnPolicy policy,
            WorkerSet workers,
            ClassFreshness files,
            RolloutState rollout) {
        this.limits = limits;
        this.permits = permits;
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

    /** FcgidMaxProcessesPerClass. */
    int maxProcesses() {
        return limits.maxProcesses();
    }

    private boolean anyUnproven() {
        return workers.living().stream().anyMatch(w -> !w.proven() && w.state() != WorkerState.RETIRING);
    }

    /** Starts processes until each waiting request has one to expect, as far as that is allowed. */
    void startFor(int waiting, long nowNanos, PoolActions actions) {
        missingForRequests = 0;
        while (waiting > workers.soonIdle() && mayStart(nowNanos)) {
            if (!permits.tryAcquire()) {
                int room = limits.maxProcesses() - workers.living().size();
                missingForRequests = policy.probing() ? 1 : Math.min(waiting - workers.soonIdle(), room);
                return;
            }
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
            if (!permits.tryAcquireUnwanted()) {
                fillsUpLater = true;
                return;
            }
            workers.start(nowNanos, actions);
        }
    }

    /** Starts the process with which a rollout tries the new generation, if it wants one. Begins the starts of a decision. */
    void startCandidate(long nowNanos, PoolActions actions) {
        missingForCandidate = 0;
        missingForRequests = 0;
        boolean may = rollout.wantsCandidate()
                && !workers.isClosed()
                && files.startsAllowed()
                && workers.living().size() <= limits.maxProcesses();
        if (may && permits.tryAcquire()) {
            rollout.candidate(workers.start(nowNanos, actions));
        } else if (may) {
            missingForCandidate = 1;
        }
    }

    SpawnPolicy spawnPolicy() {
        return policy;
    }

    /** The number of permits that the class lacks. The exchange knows it from now on. */
    int readMissing() {
        knownMissing = missing();
        return knownMissing;
    }

    /** Whether the class lacks the permit for the candidate of a rollout. */
    boolean lacksCandidate() {
        return missingForCandidate > 0;
    }

    private int missing() {
        return missingForCandidate + missingForRequests;
    }

    /** Whether the class has fewer processes than its minimum for want of a permit. */
    boolean fillsUpLater() {
        return fillsUpLater;
    }

    /** Reports what the class lacks at the end of a decision, and gives back permits that it does not need any more. */
    void reportNeeds(PoolActions actions) {
        int missing = missing();
        permits.report(missing > 0, missing > 0 && workers.staying() == 0);
        boolean gaveBack = missing == 0 && permits.giveBack();
        if (gaveBack || missing > knownMissing) {
            actions.add(new PoolAction.SharePermits());
        }
        knownMissing = missing == 0 ? 0 : Math.max(missing, knownMissing);
    }
}
