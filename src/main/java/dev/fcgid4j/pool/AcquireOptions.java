/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

/**
 * The options of a question for a worker.
 *
 * @param affinity the owner of the connections to prefer, such as an event loop; compared by identity
 * @param first whether the request goes to the head of the line, because it lost a worker through no fault of its own
 * @param sinceNanos the time of the request's first question on the clock of {@link WorkerPool#now}; FcgidQueueTimeout
 *     counts from it, however often the request asks again
 */
public record AcquireOptions(Object affinity, boolean first, long sinceNanos) {

    public AcquireOptions {
        requireNonNull(affinity, "affinity");
    }
}
