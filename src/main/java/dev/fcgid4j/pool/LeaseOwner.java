/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.freshness.FreshnessMonitor;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.worker.Worker;

/**
 * What a {@link Lease} reports to.
 *
 * <p>Threading: any thread that does not hold a lock of the pool.
 */
interface LeaseOwner {

    /** A lease ends: the worker is free, or must go. */
    void released(Worker worker, Outcome outcome);

    /** The worker has answered its first byte, so it has read its files. */
    void proven(Worker worker);

    /** Reports an event to the listener. */
    void report(FcgiEvent event);

    /** What is known of the files of the worker's class. */
    FreshnessMonitor freshness();
}
