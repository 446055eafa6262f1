/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * The limits of the pool. Immutable; {@link #toBuilder()} makes others.
 *
 * @param maxProcesses processes of all classes together, those being stopped included; at least 1
 *     (FcgidMaxProcesses, 1000)
 * @param maxProcessesPerClass processes of one class; at least 1 (FcgidMaxProcessesPerClass, 100)
 * @param minProcessesPerClass idle timeout and lifetime leave this many processes of a class alone; 0 or more
 *     (FcgidMinProcessesPerClass, 0)
 * @param maxRequestsPerProcess requests after which a process is replaced; 0 for no limit
 *     (FcgidMaxRequestsPerProcess, 0)
 * @param idleTimeout idle time after which a process is stopped; zero for never (FcgidIdleTimeout, 300 s)
 * @param lifeTime age from which a process is stopped when idle; zero for no limit (FcgidProcessLifeTime, 3600 s)
 * @param busyTimeout longest time for one request; zero for no limit (FcgidBusyTimeout, 300 s)
 * @param grace time between SIGTERM and SIGKILL; more than zero (FcgidErrorScanInterval, 3 s)
 * @param queueLength requests of one class that may wait for a worker; 0 or more (FcgidQueueLength, 1000)
 * @param queueTimeout longest wait for a worker; more than zero (FcgidQueueTimeout, 30 s)
 * @param settleTime a changed file counts when nothing more has changed for so long; zero for at once
 *     (FcgidSettleTime, 0)
 * @param quietTime a file that is away counts as removed when it has not come back for so long; more than zero
 *     (FcgidQuietTime, 1 s)
 * @param spawnScore points that a start adds to its class (FcgidSpawnScore, 1)
 * @param terminationScore points that an end adds to its class (FcgidTerminationScore, 2)
 * @param timeScore points that a second takes away (FcgidTimeScore, 1)
 * @param spawnScoreUpLimit score from which a class may not start processes; 0 for no limit
 *     (FcgidSpawnScoreUpLimit, 0)
 */
public record PoolSettings(
        int maxProcesses,
        int maxProcessesPerClass,
        int minProcessesPerClass,
        int maxRequestsPerProcess,
        Duration idleTimeout,
        Duration lifeTime,
        Duration busyTimeout,
        Duration grace,
        int queueLength,
        Duration queueTimeout,
        Duration settleTime,
        Duration quietTime,
        int spawnScore,
        int terminationScore,
        int timeScore,
        int spawnScoreUpLimit) {

    private static final PoolSettings DEFAULTS = new PoolSettings(
            1000,
            100,
            0,
            0,
            Duration.ofSeconds(300),
            Duration.ofSeconds(3600),
            Duration.ofSeconds(300),
            Duration.ofSeconds(3),
            1000,
            Duration.ofSeconds(30),
            Duration.ZERO,
            Duration.ofSeconds(1),
            1,
            2,
            1,
            0);

    public PoolSettings {
        atLeast("maxProcesses", maxProcesses, 1);
        atLeast("maxProcessesPerClass", maxProcessesPerClass, 1);
        atLeast("minProcessesPerClass", minProcessesPerClass, 0);
        atLeast("maxRequestsPerProcess", maxRequestsPerProcess, 0);
        notNegative("idleTimeout", idleTimeout);
        notNegative("lifeTime", lifeTime);
        notNegative("busyTimeout", busyTimeout);
        positive("grace", grace);
        atLeast("queueLength", queueLength, 0);
        positive("queueTimeout", queueTimeout);
        notNegative("settleTime", settleTime);
        positive("quietTime", quietTime);
        atLeast("spawnScoreUpLimit", spawnScoreUpLimit, 0);
    }

    /** The defaults that stand beside each component above. */
    public static PoolSettings defaults() {
        return DEFAULTS;
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ": expected at least " + least);
        }
    }

    private static void notNegative(String name, Duration value) {
        if (requireNonNull(value, name).isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ": expected zero or more");
        }
    }

    private static void positive(String name, Duration value) {
        notNegative(name, value);
        if (value.isZero()) {
            throw new IllegalArgumentException(name + " is zero: expected more");
        }
    }

    /** The shortest of the times after which something may have to be done, at most a minute. */
    Duration shortest() {
        Duration shortest = Duration.ofSeconds(60);
        for (Duration each : List.of(idleTimeout, lifeTime, busyTimeout, grace, queueTimeout, settleTime, quietTime)) {
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
        private int maxProcessesPerClass;
        private int minProcessesPerClass;
        private int maxRequestsPerProcess;
        private Duration idleTimeout;
        private Duration lifeTime;
        private Duration busyTimeout;
        private Duration grace;
        private int queueLength;
        private Duration queueTimeout;
        private Duration settleTime;
        private Duration quietTime;
        private int spawnScore;
        private int terminationScore;
        private int timeScore;
        private int spawnScoreUpLimit;

        private Builder(PoolSettings from) {
            maxProcesses = from.maxProcesses;
            maxProcessesPerClass = from.maxProcessesPerClass;
            minProcessesPerClass = from.minProcessesPerClass;
            maxRequestsPerProcess = from.maxRequestsPerProcess;
            idleTimeout = from.idleTimeout;
            lifeTime = from.lifeTime;
            busyTimeout = from.busyTimeout;
            grace = from.grace;
            queueLength = from.queueLength;
            queueTimeout = from.queueTimeout;
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

        /** Sets {@link PoolSettings#maxProcessesPerClass()}. */
        public Builder maxProcessesPerClass(int value) {
            maxProcessesPerClass = value;
            return this;
        }

        /** Sets {@link PoolSettings#minProcessesPerClass()}. */
        public Builder minProcessesPerClass(int value) {
            minProcessesPerClass = value;
            return this;
        }

        /** Sets {@link PoolSettings#maxRequestsPerProcess()}. */
        public Builder maxRequestsPerProcess(int value) {
            maxRequestsPerProcess = value;
            return this;
        }

        /** Sets {@link PoolSettings#idleTimeout()}. */
        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        /** Sets {@link PoolSettings#lifeTime()}. */
        public Builder lifeTime(Duration value) {
            lifeTime = value;
            return this;
        }

        /** Sets {@link PoolSettings#busyTimeout()}. */
        public Builder busyTimeout(Duration value) {
            busyTimeout = value;
            return this;
        }

        /** Sets {@link PoolSettings#grace()}. */
        public Builder grace(Duration value) {
            grace = value;
            return this;
        }

        /** Sets {@link PoolSettings#queueLength()}. */
        public Builder queueLength(int value) {
            queueLength = value;
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

        /** Sets {@link PoolSettings#queueTimeout()}. */
        public Builder queueTimeout(Duration value) {
            queueTimeout = value;
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
                    maxProcessesPerClass,
                    minProcessesPerClass,
                    maxRequestsPerProcess,
                    idleTimeout,
                    lifeTime,
                    busyTimeout,
                    grace,
                    queueLength,
                    queueTimeout,
                    settleTime,
                    quietTime,
                    spawnScore,
                    terminationScore,
                    timeScore,
                    spawnScoreUpLimit);
        }
    }
}
