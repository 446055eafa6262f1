/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import java.time.Duration;

/**
 * The limits of one process class: how many processes it may have, how long each lives, and how long requests wait.
 * Immutable; {@link #toBuilder()} makes others.
 *
 * <p>A class holds the limits that may differ between applications: those that mod_fcgid's FcgidCmdOptions sets for one
 * command, the busy timeout, and the queue. Limits of the whole server (FcgidMaxProcesses, the spawn scores, the grace
 * time) belong to the pool. A worker keeps the limits of its class for its whole life.
 *
 * @param maxProcesses processes of the class; at least 1; default 100 (FcgidMaxProcessesPerClass)
 * @param minProcesses processes that a class keeps once it has served a request, at most {@code maxProcesses}: idle timeout
 *     and lifetime leave so many, and others are started until there are so many; at least 0; default 0
 *     (FcgidMinProcessesPerClass)
 * @param maxRequestsPerProcess requests after which a process is replaced; 0 for no limit; default 0
 *     (FcgidMaxRequestsPerProcess)
 * @param idleTimeout idle time after which a process is stopped; zero for never; default 300 s (FcgidIdleTimeout)
 * @param lifeTime age from which a process is stopped when it is idle; zero for no limit; default 3600 s
 *     (FcgidProcessLifeTime)
 * @param busyTimeout longest time for one request; zero for no limit; default 300 s (FcgidBusyTimeout)
 * @param ioTimeout longest wait for the worker to take or send a byte; more than zero; default 40 s (FcgidIOTimeout)
 * @param queueLength requests that may wait for a worker of the class; at least 0; default 1000 (FcgidQueueLength)
 * @param queueTimeout longest wait of a request for a worker; more than zero; default 30 s (FcgidQueueTimeout)
 * @param weight the part of the class beside other classes of its group when processes are scarce; at least 1; default 1
 *     (FcgidWeight)
 * @param keepConnection whether a connection may carry a second request; default true (FcgidKeepConnection)
 */
public record ClassLimits(
        int maxProcesses,
        int minProcesses,
        int maxRequestsPerProcess,
        Duration idleTimeout,
        Duration lifeTime,
        Duration busyTimeout,
        Duration ioTimeout,
        int queueLength,
        Duration queueTimeout,
        int weight,
        boolean keepConnection) {

    private static final ClassLimits DEFAULTS = new ClassLimits(
            100,
            0,
            0,
            Duration.ofSeconds(300),
            Duration.ofSeconds(3600),
            Duration.ofSeconds(300),
            Duration.ofSeconds(40),
            1000,
            Duration.ofSeconds(30),
            1,
            true);

    public ClassLimits {
        Ranges.atLeast("maxProcesses", maxProcesses, 1);
        Ranges.atLeast("minProcesses", minProcesses, 0);
        Ranges.atLeast("maxRequestsPerProcess", maxRequestsPerProcess, 0);
        Ranges.notNegative("idleTimeout", idleTimeout);
        Ranges.notNegative("lifeTime", lifeTime);
        Ranges.notNegative("busyTimeout", busyTimeout);
        Ranges.positive("ioTimeout", ioTimeout);
        Ranges.atLeast("queueLength", queueLength, 0);
        Ranges.positive("queueTimeout", queueTimeout);
        Ranges.atLeast("weight", weight, 1);
    }

    /** The defaults that stand beside each component above. */
    public static ClassLimits defaults() {
        return DEFAULTS;
    }

    /** A builder that begins with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects values for a {@link ClassLimits}; not thread-safe. */
    public static final class Builder {
        private int maxProcesses;
        private int minProcesses;
        private int maxRequestsPerProcess;
        private Duration idleTimeout;
        private Duration lifeTime;
        private Duration busyTimeout;
        private Duration ioTimeout;
        private int queueLength;
        private Duration queueTimeout;
        private int weight;
        private boolean keepConnection;

        private Builder(ClassLimits from) {
            maxProcesses = from.maxProcesses;
            minProcesses = from.minProcesses;
            maxRequestsPerProcess = from.maxRequestsPerProcess;
            idleTimeout = from.idleTimeout;
            lifeTime = from.lifeTime;
            busyTimeout = from.busyTimeout;
            ioTimeout = from.ioTimeout;
            queueLength = from.queueLength;
            queueTimeout = from.queueTimeout;
            weight = from.weight;
            keepConnection = from.keepConnection;
        }

        /** Sets {@link ClassLimits#maxProcesses()}. */
        public Builder maxProcesses(int processes) {
            maxProcesses = processes;
            return this;
        }

        /** Sets {@link ClassLimits#minProcesses()}. */
        public Builder minProcesses(int processes) {
            minProcesses = processes;
            return this;
        }

        /** Sets {@link ClassLimits#maxRequestsPerProcess()}. */
        public Builder maxRequestsPerProcess(int requests) {
            maxRequestsPerProcess = requests;
            return this;
        }

        /** Sets {@link ClassLimits#idleTimeout()}. */
        public Builder idleTimeout(Duration time) {
            idleTimeout = time;
            return this;
        }

        /** Sets {@link ClassLimits#lifeTime()}. */
        public Builder lifeTime(Duration time) {
            lifeTime = time;
            return this;
        }

        /** Sets {@link ClassLimits#busyTimeout()}. */
        public Builder busyTimeout(Duration time) {
            busyTimeout = time;
            return this;
        }

        /** Sets {@link ClassLimits#ioTimeout()}. */
        public Builder ioTimeout(Duration time) {
            ioTimeout = time;
            return this;
        }

        /** Sets {@link ClassLimits#queueLength()}. */
        public Builder queueLength(int requests) {
            queueLength = requests;
            return this;
        }

        /** Sets {@link ClassLimits#queueTimeout()}. */
        public Builder queueTimeout(Duration time) {
            queueTimeout = time;
            return this;
        }

        /** Sets {@link ClassLimits#weight()}. */
        public Builder weight(int part) {
            weight = part;
            return this;
        }

        /** Sets {@link ClassLimits#keepConnection()}. */
        public Builder keepConnection(boolean on) {
            keepConnection = on;
            return this;
        }

        /**
         * The limits.
         *
         * @throws IllegalArgumentException when a value is out of its range
         */
        public ClassLimits build() {
            return new ClassLimits(
                    maxProcesses,
                    minProcesses,
                    maxRequestsPerProcess,
                    idleTimeout,
                    lifeTime,
                    busyTimeout,
                    ioTimeout,
                    queueLength,
                    queueTimeout,
                    weight,
                    keepConnection);
        }
    }
}
