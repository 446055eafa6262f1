/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

/**
 * What {@link PermitExchange} reads of a class for a plan, at one time.
 *
 * @param demand what the class has and needs
 * @param fillsUp whether it has fewer processes than its minimum for want of a permit
 */
record DemandReading(ClassDemand demand, boolean fillsUp) {

    /** Reads a class. Under the group's lock. */
    static DemandReading of(WorkerGroup group, long nowNanos) {
        return new DemandReading(ClassDemand.of(group, nowNanos), group.starts().fillsUpLater());
    }

    /** Whether the class has nothing and wants nothing, so that a plan without it is the same. */
    boolean isOutside() {
        return demand.places() == 0 && demand.stopping() == 0 && demand.wanted() == 0 && !fillsUp;
    }
}
