/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.freshness.FreshnessEvents;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.worker.Worker;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A worker group whose events and clock come by hand; each event returns the actions of its decision. */
final class DrivenGroup {

    private final WorkerGroup group;

    DrivenGroup(ProcessClass processClass, ProcessBudget budget) {
        group = new WorkerGroup(processClass, PoolSettings.defaults(), budget, 0);
    }

    List<PoolAction> acquire(Waiter waiter, long nowNanos) {
        return group.acquire(waiter, nowNanos);
    }

    List<PoolAction> released(Worker worker, Outcome outcome, long nowNanos) {
        return group.released(worker, outcome, nowNanos);
    }

    boolean mayStart(Worker worker, FilesBeforeStart found) {
        return group.lifecycle().mayStart(worker, found);
    }

    List<PoolAction> notStarted(Worker worker, long nowNanos) {
        return group.decide((g, now, actions) -> g.lifecycle().notStarted(worker, now, actions), nowNanos);
    }

    List<PoolAction> started(Worker worker, long nowNanos) {
        return group.decide((g, now, actions) -> g.lifecycle().started(worker, now, actions), nowNanos);
    }

    List<PoolAction> startFailed(Worker worker, WorkerStartException why, long nowNanos) {
        return group.decide((g, now, actions) -> g.lifecycle().startFailed(worker, why, now, actions), nowNanos);
    }

    List<PoolAction> exited(Worker worker, ExitStatus status, long nowNanos) {
        return group.decide((g, now, actions) -> g.lifecycle().exited(worker, status, now, actions), nowNanos);
    }

    List<PoolAction> warmedUp(Worker worker, Optional<String> failure, long nowNanos) {
        return group.decide(
                (g, now, actions) -> g.rolloutController().warmedUp(worker, failure, now, actions), nowNanos);
    }

    List<PoolAction> filesReported(Function<FreshnessEvents, List<FreshnessDecision>> event, long nowNanos) {
        return group.decide(
                (g, now, actions) ->
                        g.freshnessApplier().apply(event.apply(g.files().events()), now, actions),
                nowNanos);
    }

    List<PoolAction> sweep(long nowNanos) {
        return group.decide(WorkerGroup::sweep, nowNanos);
    }

    long nextSweepNanos(long nowNanos) {
        return group.nextSweepNanos(nowNanos);
    }

    List<PoolAction> close(long nowNanos) {
        return group.decide((g, now, actions) -> g.retirement().close(now, actions), nowNanos);
    }

    ClassFreshness files() {
        return group.files();
    }

    WorkerGroup group() {
        return group;
    }

    SpawnPolicy spawnPolicy() {
        return group.starts().spawnPolicy();
    }
}
