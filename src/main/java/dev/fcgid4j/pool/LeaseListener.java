/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.failure.FcgiException;

/**
 * Receives the answer to a question for a worker.
 *
 * <p>Threading: one of the two methods is called, once, on any thread, perhaps before {@link WorkerPool#acquire} has
 * returned. An implementation moves to its own thread and returns quickly.
 */
public interface LeaseListener {

    /** A worker was granted. This request alone uses it until it releases the lease. */
    void granted(Lease lease);

    /** No worker is granted. */
    void refused(FcgiException why);
}
