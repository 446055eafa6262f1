/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.observe.RequestMeter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Refuses requests a worker, counts that, and says why.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class Refusals {

    private final ProcessClass processClass;
    private final ClassLimits limits;
    private final ProcessBudget budget;
    private final WorkerSet workers;
    private final WaitingLine line;
    private final RequestMeter meter;

    Refusals(ProcessClass processClass, ProcessBudget budget, WorkerSet workers, WaitingLine line, RequestMeter meter) {
        this.processClass = processClass;
        this.limits = processClass.limits();
        this.budget = budget;
        this.workers = workers;
        this.line = line;
        this.meter = meter;
    }

    /** Refuses a request because the line is full (FcgidQueueLength). */
    void lineFull(Waiter waiter, long nowNanos, PoolActions actions) {
        FcgiException why =
                RefusalMessages.lineFull(processClass, counts(), limits.queueLength(), retryAfter(nowNanos));
        refuse(waiter, why, actions);
    }

    /** How long a request that came now would wait; no request waits for longer than FcgidQueueTimeout. */
    private Duration retryAfter(long nowNanos) {
        Duration expected = line.expectedWait(nowNanos);
        return expected.compareTo(limits.queueTimeout()) < 0 ? expected : limits.queueTimeout();
    }

    /** Refuses a request because the pool closes, which is not counted. */
    void closing(Waiter waiter, PoolActions actions) {
        actions.refuse(waiter, RefusalMessages.closing(processClass));
    }

    /** Refuses all waiting requests because the pool closes. */
    void allClosing(PoolActions actions) {
        all(RefusalMessages.closing(processClass), actions);
    }

    /** Refuses all waiting requests. */
    void all(FcgiException why, PoolActions actions) {
        line.removeAll().forEach(waiter -> refuse(waiter, why, actions));
    }

    /**
     * Refuses the requests that have waited for too long (FcgidQueueTimeout).
     *
     * @param startsWaitFor what keeps processes from being started, if something does
     */
    void overdue(long nowNanos, Optional<String> startsWaitFor, PoolActions actions) {
        RefusalMessages.Counts before = counts();
        List<Waiter> overdue = line.removeOverdue(nowNanos);
        if (!overdue.isEmpty()) {
            FcgiException why = RefusalMessages.waitedTooLong(
                    processClass, before, limits.queueTimeout().toSeconds(), startsWaitFor, retryAfter(nowNanos));
            overdue.forEach(waiter -> refuse(waiter, why, actions));
        }
    }

    private void refuse(Waiter waiter, FcgiException why, PoolActions actions) {
        actions.refuse(waiter, why);
        meter.requestRefused();
    }

    private RefusalMessages.Counts counts() {
        return new RefusalMessages.Counts(
                workers.living().size(),
                limits.maxProcesses(),
                budget,
                workers.idle().size(),
                line.size());
    }
}
