/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.Ranges;
import java.time.Duration;
import java.util.List;

/**
 * The limits of the pool that all classes share; {@link ClassLimits} has those of one class. Immutable; {@link
 * #toBuilder()} makes others.
 *
 * @param maxProcesses processes of all classes together, including those that are being stopped; at least 1
 *     (FcgidMaxProcesses, 1000)
 * @param grace time between SIGTERM and SIGKILL; more than zero (FcgidErrorScanInterval, 3 s)
 * @param settleTime time without another change after which a changed file counts; zero for at once
 *     (FcgidSettleTime, 0)
 * @param quietTime time after which a missing file counts as removed; more than zero
 *     (FcgidQuietTime, 1 s)
 * @param spawnScore points that a start adds to its class (FcgidSpawnScore, 1)
 * @param terminationScore points that an end adds to its class (FcgidTerminationScore, 2)
 * @param timeScore points that a second takes away (FcgidTimeScore, 1)
 * @param spawnScoreUpLimit score from which a class may not start processes; 0 for no limit
 *     (FcgidSpawnScoreUpLimit, 0)
 */
public record PoolSettings(
        int maxProcesses,
        Duration grace,
        Duration settleTime,
        Duration quietTime,
        int spawnScore,
        int terminationScore,
        int timeScore,
        int spawnScoreUpLimit) {

    private static final PoolSettings DEFAULTS =
            new PoolSettings(1000, Duration.ofSeconds(3), Duration.ZERO, Duration.ofSeconds(1), 1, 2, 1, 0);

    public PoolSettings {
        Ranges.atLeast("maxProcesses", maxProcesses, 1);
        Ranges.positive("grace", grace);
        Ranges.notNegative("settleTime", settleTime);
        Ranges.positive("quietTime", quietTime);
        Ranges.atLeast("spawnScoreUpLimit", spawnScoreUpLimit, 0);
    }

    /** The defaults that stand beside each component above. */
    public static PoolSettings defaults() {
        return DEFAULTS;
    }

    /** The shortest time after which the pool may have to act for a class with these limits; at most a minute. */
    Duration shortest(ClassLimits limits) {
        Duration shortest = Duration.ofSeconds(60);
        for (Duration each : List.of(
                limits.idleTimeout(),
                limits.lifeTime(),
                limits.busyTimeout(),
                limits.queueTimeout(),
                grace,
                settleTime,
                quietTime)) {
            if (!each.isZero() && each.compareTo(shortest) < 0) {
                shortest = each;
            }
        }
        return shortest;
    }

    /** A builder that begins with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects values for a {@link PoolSettings}; not thread-safe. */
    public static final class Builder {
        private int maxProcesses;
        private Duration grace;
        private Duration settleTime;
        private Duration quietTime;
        private int spawnScore;
        private int terminationScore;
        private int timeScore;
        private int spawnScoreUpLimit;

        private Builder(PoolSettings from) {
            maxProcesses = from.maxProcesses;
            grace = from.grace;
            settleTime = from.settleTime;
            quietTime = from.quietTime;
            spawnScore = from.spawnScore;
            terminationScore = from.terminationScore;
            timeScore = from.timeScore;
            spawnScoreUpLimit = from.spawnScoreUpLimit;
        }

        /** Sets {@link PoolSettings#maxProcesses()}. */
        public Builder maxProcesses(int value) {
            maxProcesses = value;
            return this;
        }

        /** Sets {@link PoolSettings#grace()}. */
        public Builder grace(Duration value) {
            grace = value;
            return this;
        }

        /** Sets {@link PoolSettings#settleTime()}. */
        public Builder settleTime(Duration value) {
            settleTime = value;
            return this;
        }

        /** Sets {@link PoolSettings#quietTime()}. */
        public Builder quietTime(Duration value) {
            quietTime = value;
            return this;
        }

        /** Sets {@link PoolSettings#spawnScore()}. */
        public Builder spawnScore(int value) {
            spawnScore = value;
            return this;
        }

        /** Sets {@link PoolSettings#terminationScore()}. */
        public Builder terminationScore(int value) {
            terminationScore = value;
            return this;
        }

        /** Sets {@link PoolSettings#timeScore()}. */
        public Builder timeScore(int value) {
            timeScore = value;
            return this;
        }

        /** Sets {@link PoolSettings#spawnScoreUpLimit()}. */
        public Builder spawnScoreUpLimit(int value) {
            spawnScoreUpLimit = value;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException when a value is out of its range
         */
        public PoolSettings build() {
            return new PoolSettings(
                    maxProcesses,
                    grace,
                    settleTime,
                    quietTime,
                    spawnScore,
                    terminationScore,
                    timeScore,
                    spawnScoreUpLimit);
        }
    }
}
