/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import org.junit.jupiter.api.Test;

/**
 * The freshness of one class without a pool, threads, processes or time: a seed decides what happens next.
 *
 * <p>{@code -Dfcgid4j.simulation.seeds=100000} tries more seeds than the default, {@code -Dfcgid4j.simulation.first=4711}
 * begins with another one.
 */
class FreshnessSimulationTest {

    private static final long FIRST = Long.getLong("fcgid4j.simulation.first", 0);
    private static final long SEEDS = Long.getLong("fcgid4j.simulation.seeds", 2000);

    @Test
    void noWorkerAnswersFromOldFilesInAnySchedule() {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            new FreshnessSimulation(seed, true).run();
        }
    }

    @Test
    void noWorkerGoesIfNoFileChanges() {
        for (long seed = FIRST; seed < FIRST + SEEDS / 4; seed++) {
            new FreshnessSimulation(seed, false).run();
        }
    }
}
