/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

/** Does what {@link Reaper} does, for tests of other packages that move the clock themselves. */
public final class PoolSweep {

    private PoolSweep() {}

    /** Lets a pool do what is due now on its clock. */
    public static void sweep(WorkerPool pool) {
        pool.sweep(pool.now());
    }
}
