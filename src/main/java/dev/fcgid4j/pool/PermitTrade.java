/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

/**
 * How the classes share the permits of the {@link ProcessBudget}.
 *
 * <p>Threading: any thread that does not hold the lock of a group.
 */
@FunctionalInterface
interface PermitTrade {

    /**
     * A class lacks a permit, or a permit was given back: shares the permits anew, or has the next sweep do that.
     *
     * @return when to sweep, at the latest, on the pool's clock
     */
    long share(long nowNanos);
}
