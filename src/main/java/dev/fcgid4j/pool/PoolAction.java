/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.worker.Worker;

/** An action that a decision of a {@link WorkerGroup} asks for. {@link GroupExecutor} performs it without any lock. */
sealed interface PoolAction {

    /** Grants the worker, which is BUSY already, to a waiter. */
    record Grant(Waiter waiter, Worker worker) implements PoolAction {}

    /** Refuses a waiter a worker. */
    record Refuse(Waiter waiter, FcgiException why) implements PoolAction {}

    /** Starts a process for the worker, which holds a permit of the budget. */
    record Start(Worker worker) implements PoolAction {}

    /** Compares files with what a worker has read of them. */
    record CheckFiles(FreshnessDecision.Task task) implements PoolAction {}

    /** Checks whether the worker, the candidate of a rollout, is ready to serve. */
    record WarmUp(Worker worker) implements PoolAction {}

    /** Reports an event to the listener. */
    record Report(FcgiEvent event) implements PoolAction {}

    /** Asks the worker's process to end. */
    record Terminate(Worker worker) implements PoolAction {}

    /** Kills the worker's process, which did not end within the grace time. */
    record Kill(Worker worker) implements PoolAction {}

    /** The class lacks a permit, was given back one, or has one to spare: the permits are shared anew. */
    record SharePermits() implements PoolAction {}
}
