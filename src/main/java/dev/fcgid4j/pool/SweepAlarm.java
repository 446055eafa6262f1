/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

/** Makes sure that {@link WorkerPool#sweep} is called in time. Any thread. */
@FunctionalInterface
interface SweepAlarm {

    /** A sweep has something to do at this time on the pool's clock, perhaps earlier than the last sweep returned. */
    void sweepAt(long whenNanos);
}
