/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.freshness.FreshnessMonitor;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.process.ProcessActivity;
import dev.fcgid4j.worker.Worker;
import java.util.Optional;
import java.util.function.Consumer;

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

    /** Whether connections to the workers of the class may be kept for another request. */
    boolean keepsConnections();

    /** The worker did not read a request on a kept connection: the class keeps no connections from now on. */
    void keptConnectionUnread(Worker worker);

    /** Finds out on another thread what the worker's process is doing; empty if that is unknown. */
    void askActivity(Worker worker, Consumer<Optional<ProcessActivity>> answer);

    /** Reports an event to the listener. */
    void report(FcgiEvent event);

    /** What is known of the files of the worker's class. */
    FreshnessMonitor freshness();
}
