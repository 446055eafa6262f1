/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

/**
 * How a request wants its worker.
 *
 * @param affinity whose idle workers are preferred, such as an event loop; compared by identity
 * @param first whether it goes to the head of the line, because it lost a worker without fault of its own
 * @param sinceNanos when it first asked for a worker, as {@link WorkerPool#now} tells the time: its wait (FcgidQueueTimeout)
 *     ends so long after that, however often it asks again
 */
public record AcquireOptions(Object affinity, boolean first, long sinceNanos) {

    public AcquireOptions {
        requireNonNull(affinity, "affinity");
    }
}
