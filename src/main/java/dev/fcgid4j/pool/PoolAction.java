/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.worker.Worker;

/** What is to be done after a {@link WorkerGroup} has decided. Done by {@link GroupExecutor}, without any lock. */
sealed interface PoolAction {

    /** The waiter gets the worker, which is BUSY from now on. */
    record Grant(Waiter waiter, Worker worker) implements PoolAction {}

    /** The waiter gets nothing. */
    record Refuse(Waiter waiter, FcgiException why) implements PoolAction {}

    /** A process is to be started for the worker; a permit of the budget is held for it. */
    record Start(Worker worker) implements PoolAction {}

    /** Files of a worker must be compared. */
    record CheckFiles(FreshnessDecision.Task task) implements PoolAction {}

    /** The worker is to be tried before it may serve. */
    record WarmUp(Worker worker) implements PoolAction {}

    /** The listener is to be told of an event. */
    record Report(FcgiEvent event) implements PoolAction {}

    /** The worker's process is to be asked to end. */
    record Terminate(Worker worker) implements PoolAction {}

    /** The worker's process did not end within the grace time. */
    record Kill(Worker worker) implements PoolAction {}

    /** The group wants a process but all permits are taken: another group's idle worker should go. */
    record MakeRoom() implements PoolAction {}

    /** A permit was given back: who waits for one may go on. */
    record PermitFreed() implements PoolAction {}
}
