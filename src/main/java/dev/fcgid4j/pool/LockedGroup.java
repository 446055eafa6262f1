/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.function.Function;

/**
 * The only way to a {@link WorkerGroup} that is in use: under its lock.
 *
 * <p>Threading: any thread that does not hold the lock of a group.
 */
interface LockedGroup {

    /** Reads the group's state. */
    <T> T askGroup(Function<WorkerGroup, T> question);

    /** Lets the group decide on an event, and performs the actions of the decision without the lock. */
    void decide(GroupEvent event);
}
