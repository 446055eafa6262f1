/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.FreshnessMonitor;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Makes the parts of a {@link PoolSnapshot}. */
final class Snapshots {

    private Snapshots() {}

    /** A class as it was under the group's lock, and its workers in the order of the snapshot. */
    record Taken(PoolSnapshot.ClassSnapshot classSnapshot, List<Worker> workers) {

        /** The class with the memory of each worker. Reads a file per worker: not under a lock, not on an event loop. */
        PoolSnapshot.ClassSnapshot withMemory() {
            List<PoolSnapshot.WorkerSnapshot> measured = new ArrayList<>();
            for (int i = 0; i < workers.size(); i++) {
                OptionalLong bytes = workers.get(i)
                        .process()
                        .map(ApplicationProcess::residentBytes)
                        .orElse(OptionalLong.empty());
                measured.add(classSnapshot.workers().get(i).withResidentBytes(bytes));
            }
            return classSnapshot.withWorkers(measured);
        }
    }

    /**
     * Takes the snapshot of a class. Under the group's lock.
     *
     * @param nowNanos read under the same lock: no change of a worker is later, so no time in a state is negative
     */
    static Taken take(
            ProcessClass processClass, WorkerGroup group, FreshnessMonitor.WatchedFiles watched, long nowNanos) {
        List<Worker> living = List.copyOf(group.workers().living());
        GroupHistory history = group.history();
        return new Taken(
                new PoolSnapshot.ClassSnapshot(
                        processClass.name(),
                        processClass.command().argv(),
                        group.files().generation(),
                        processClass.limits().maxProcesses(),
                        group.line().size(),
                        history.requests().read(),
                        history.started(),
                        group.starts().spawnPolicy().backoff(nowNanos),
                        watched.count(),
                        watched.some(),
                        group.files().lastChange().map(change -> new PoolSnapshot.Change(change.at(), change.file())),
                        group.rolloutController().text(),
                        living.stream().map(worker -> of(worker, nowNanos)).toList(),
                        history.deaths()),
                living);
    }

    private static PoolSnapshot.WorkerSnapshot of(Worker worker, long nowNanos) {
        return new PoolSnapshot.WorkerSnapshot(
                worker.pid(),
                worker.state().name().toLowerCase(Locale.ROOT),
                worker.generation(),
                Duration.ofNanos(nowNanos - worker.startedNanos()),
                Duration.ofNanos(nowNanos - worker.stateSinceNanos()),
                worker.requests(),
                OptionalLong.empty(),
                worker.retireReason().map(RetireReason::toString));
    }
}
