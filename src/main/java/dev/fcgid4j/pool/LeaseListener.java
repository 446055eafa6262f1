/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.failure.FcgiException;

/**
 * Told what became of a request for a worker. Exactly one of the two is called, once, on any thread, possibly before
 * {@link WorkerPool#acquire} has returned; implementations hop to their own thread and return quickly.
 */
public interface LeaseListener {

    /** A worker is yours until you release the lease. */
    void granted(Lease lease);

    /** There is no worker for you, and why. */
    void refused(FcgiException why);
}
