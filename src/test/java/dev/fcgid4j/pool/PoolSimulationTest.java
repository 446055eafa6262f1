/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import org.junit.jupiter.api.Test;

/**
 * The whole pool without threads, processes or time: a seed decides what happens next.
 *
 * <p>After each step the limits hold, no request gets a worker whose files are older than promised, no request is
 * overtaken or waits past its deadline, and at the end no process and no request is left. {@link SimulationSchedule} is
 * the order of events, {@link SimulationWorld} what they do, the {@code Simulated…} classes the model that {@link
 * SimulationChecks} compares the pool with.
 *
 * <p>{@code -Dfcgid4j.simulation.seeds=100000} tries more seeds than the default, {@code -Dfcgid4j.simulation.first=4711}
 * begins with another one.
 */
class PoolSimulationTest {

    private static final long FIRST = Long.getLong("fcgid4j.simulation.first", 0);
    private static final long SEEDS = Long.getLong("fcgid4j.simulation.seeds", 4000);

    @Test
    void limitsHoldAndNothingIsLostInAnySchedule() {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            new SimulationSchedule(seed).run();
        }
    }
}
