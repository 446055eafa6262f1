/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.util.List;
import java.util.function.Function;

/**
 * The only way from {@link FreshnessMonitor} back to the pool: reaches the {@link ClassFreshness} of one process class,
 * which the lock of the class's worker group guards.
 *
 * <p>Threading: any thread that doesn't hold the lock.
 */
public interface FreshnessExecutor {

    /** Reads the state under the lock. */
    <T> T ask(Function<ClassFreshness, T> question);

    /** Changes the state under the lock, applies the decisions under the lock, and performs the results without it. */
    void decide(Function<FreshnessEvents, List<FreshnessDecision>> event);

    /** Makes sure that the pool sweeps the group at this time on its clock, or earlier. */
    void sweepAt(long nanos);
}
