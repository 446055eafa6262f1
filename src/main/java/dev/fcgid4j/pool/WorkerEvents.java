/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;

/** Makes the events of one worker. Stateless. */
final class WorkerEvents {

    private WorkerEvents() {}

    static FcgiEvent started(Worker worker) {
        return new FcgiEvent.WorkerStarted(name(worker), worker.pid(), worker.generation());
    }

    static FcgiEvent startFailed(Worker worker, String message, boolean dueToChange) {
        return new FcgiEvent.StartFailed(name(worker), worker.pid(), message, dueToChange);
    }

    /** The worker is asked to end; it has been marked for retirement. */
    static FcgiEvent retired(Worker worker) {
        return new FcgiEvent.WorkerRetired(
                name(worker), worker.pid(), reason(worker), worker.retirement().file());
    }

    static FcgiEvent keptConnectionUnread(Worker worker) {
        return new FcgiEvent.KeptConnectionUnread(name(worker), worker.pid());
    }

    static FcgiEvent killed(Worker worker) {
        return new FcgiEvent.WorkerKilled(name(worker), worker.pid());
    }

    static FcgiEvent exited(Worker worker, ExitStatus status, boolean crashed) {
        return new FcgiEvent.WorkerExited(
                name(worker),
                worker.pid(),
                status,
                worker.requests(),
                reason(worker),
                worker.retirement().file(),
                crashed);
    }

    static FcgiEvent crashed(Worker worker, ExitStatus status) {
        return new FcgiEvent.WorkerCrashed(name(worker), worker.pid(), status, worker.requests());
    }

    private static RetireReason reason(Worker worker) {
        return worker.retireReason().orElse(RetireReason.EXITED);
    }

    private static String name(Worker worker) {
        return worker.processClass().name();
    }
}
