/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the pool looked like at one moment. Each class is consistent in itself; the classes are read one after another.
 *
 * @param taken when
 * @param processes processes of all classes, those being stopped included
 * @param maxProcesses the limit over all classes
 * @param comparisons how often the files of which the kernel can't tell were compared; 0 when there are none
 * @param classes one entry per process class, by name
 */
public record PoolSnapshot(
        Instant taken, int processes, int maxProcesses, long comparisons, List<ClassSnapshot> classes) {

    public PoolSnapshot {
        classes = List.copyOf(classes);
    }

    /**
     * One process class.
     *
     * @param name how the logs call it
     * @param command program and arguments
     * @param generation how often its files changed since it was first used
     * @param maxProcesses the limit for this class
     * @param waiting requests in line
     * @param requestTotals what became of its requests, from the first use on
     * @param started processes started, from the first use on
     * @param backoff how long no process may be started because the last ones ended at once; zero normally
     * @param watchedFiles files whose change retires workers of this class
     * @param watched their paths and patterns; of very many, some
     * @param lastChange the last change that was noticed
     * @param rollout how a new generation fares, in words; empty when there is nothing to say
     * @param workers the living ones
     * @param lastDeaths the latest first, a few at most
     */
    public record ClassSnapshot(
            String name,
            List<String> command,
            int generation,
            int maxProcesses,
            int waiting,
            RequestTotals requestTotals,
            long started,
            Duration backoff,
            int watchedFiles,
            List<String> watched,
            Optional<Change> lastChange,
            String rollout,
            List<WorkerSnapshot> workers,
            List<Death> lastDeaths) {

        public ClassSnapshot {
            command = List.copyOf(command);
            watched = List.copyOf(watched);
            workers = List.copyOf(workers);
            lastDeaths = List.copyOf(lastDeaths);
        }

        /** Requests that its workers ended, from the first use on. */
        public long requests() {
            return requestTotals.served();
        }

        /** Requests turned away because the line was full or too slow. */
        public long refused() {
            return requestTotals.refused();
        }

        /** The same class with other workers. */
        public ClassSnapshot withWorkers(List<WorkerSnapshot> others) {
            return new ClassSnapshot(
                    name,
                    command,
                    generation,
                    maxProcesses,
                    waiting,
                    requestTotals,
                    started,
                    backoff,
                    watchedFiles,
                    watched,
                    lastChange,
                    rollout,
                    others,
                    lastDeaths);
        }
    }

    /**
     * A changed file.
     *
     * @param at when that was noticed
     */
    public record Change(Instant at, Path file) {}

    /**
     * One worker.
     *
     * @param pid its process id; 0 while it is being started
     * @param state such as {@code idle} or {@code busy}
     * @param generation the generation it belongs to
     * @param age since its start
     * @param inState since its state last changed: the idle time of an idle worker
     * @param requests requests it ended
     * @param residentBytes its memory, where the system tells
     * @param retiring why it is going to be stopped, if it is
     */
    public record WorkerSnapshot(
            long pid,
            String state,
            int generation,
            Duration age,
            Duration inState,
            long requests,
            OptionalLong residentBytes,
            Optional<String> retiring) {

        /** The same worker with its memory. */
        public WorkerSnapshot withResidentBytes(OptionalLong bytes) {
            return new WorkerSnapshot(pid, state, generation, age, inState, requests, bytes, retiring);
        }
    }

    /**
     * The end of a worker.
     *
     * @param at when it was reaped
     * @param pid its process id
     * @param reason why it was stopped, or that it ended by itself
     * @param status exit code or signal
     * @param requests requests it had ended
     */
    public record Death(Instant at, long pid, String reason, String status, long requests) {}
}
