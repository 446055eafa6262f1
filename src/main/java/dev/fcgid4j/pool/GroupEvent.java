/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

/** Something that happened to a process class: names the part of its {@link WorkerGroup} that applies it. */
@FunctionalInterface
interface GroupEvent {

    /** Applies the event. Under the group's lock. */
    void apply(WorkerGroup group, long nowNanos, PoolActions actions);
}
