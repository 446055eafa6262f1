/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.worker.Worker;

/**
 * What one class has of the {@link ProcessBudget} and what it needs, read under the group's lock. A place is a permit in
 * use.
 *
 * @param places workers that serve, will serve, or start; without those that stop
 * @param stopping workers that were asked to end; their permits come free
 * @param idle workers without a request
 * @param idleSinceNanos since when the longest idle one is idle; meaningless if none is
 * @param missing permits that the class waits for, without those that are set aside for it
 * @param candidate whether one of the missing permits is for the candidate of a rollout
 * @param wanted places that it can use now, or has used within the last seconds
 * @param minimum places that it keeps (FcgidMinProcessesPerClass)
 * @param startNanos the shortest time that one of its last workers took from the decision to start it to the end of its
 *     first request
 * @param heldNanos the time for which it has held places, all together
 */
record ClassDemand(
        int places,
        int stopping,
        int idle,
        long idleSinceNanos,
        int missing,
        boolean candidate,
        int wanted,
        int minimum,
        long startNanos,
        long heldNanos) {

    /** Reads a class. Under the group's lock. */
    static ClassDemand of(WorkerGroup group, long nowNanos) {
        WorkerSet workers = group.workers();
        Worker longest = workers.idle().peekLast();
        int places = workers.staying();
        int missing = group.starts().readMissing();
        int used = Math.min(group.permits().recentUse(nowNanos), group.starts().maxProcesses());
        return new ClassDemand(
                places,
                workers.living().size() - places,
                workers.idle().size(),
                longest == null ? nowNanos : longest.stateSinceNanos(),
                Math.max(0, missing - group.permits().setAside()),
                group.starts().lacksCandidate(),
                Math.max(used, Math.min(workers.inUse() + workers.soonIdle(), places) + missing),
                group.retirement().minimum().floor(),
                group.permits().startNanos(),
                workers.heldNanos(nowNanos));
    }
}
