/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.PoolClosedException;
import dev.fcgid4j.failure.PoolExhaustedException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.worker.Worker;
import java.time.Duration;
import java.util.Optional;

/** The messages of refusals: what happened, in numbers, and what to do. Stateless. */
final class RefusalMessages {

    private RefusalMessages() {}

    /** The numbers that a message names. */
    record Counts(int living, int maxPerClass, ProcessBudget budget, int idle, int waiting) {
        @Override
        public String toString() {
            return living + " of " + maxPerClass + " processes (" + budget.taken() + " of " + budget.permits()
                    + " over all classes), " + idle + " idle, " + waiting + " requests waiting";
        }
    }

    static PoolExhaustedException lineFull(ProcessClass processClass, Counts counts, int length, Duration retryAfter) {
        String message = processClass + ": " + counts + "; the line is full (FcgidQueueLength " + length
                + "). Raise FcgidMaxProcessesPerClass or FcgidMaxProcesses, or make it faster";
        return new PoolExhaustedException(message, retryAfter);
    }

    /**
     * A request has waited for FcgidQueueTimeout.
     *
     * @param unfinished what keeps processes from being started, if something does
     */
    static PoolExhaustedException waitedTooLong(
            ProcessClass processClass, Counts counts, long seconds, Optional<String> unfinished, Duration retryAfter) {
        if (unfinished.isPresent()) {
            return new PoolExhaustedException(
                    processClass + ": " + counts + "; no process was started within " + seconds
                            + " s (FcgidQueueTimeout), because " + unfinished.get()
                            + ". Finish that, or lower FcgidQuietTime, after which it is waited for no longer");
        }
        String message = processClass + ": " + counts + "; no worker became free within " + seconds
                + " s (FcgidQueueTimeout). Raise FcgidMaxProcessesPerClass or FcgidMaxProcesses, or make it faster";
        return new PoolExhaustedException(message, retryAfter);
    }

    static PoolClosedException closing(ProcessClass processClass) {
        return new PoolClosedException("the pool is closing: " + processClass);
    }

    static WorkerStartException startFailed(Worker worker) {
        String status = worker.end().status().map(ExitStatus::toString).orElse("an unknown status");
        return new WorkerStartException(worker + " ended with " + status + " before it accepted a request. Run "
                + String.join(" ", worker.processClass().command().argv())
                + " by hand, or look at what it logged; it must speak FastCGI on descriptor 0"
                + worker.end().lastOutput());
    }
}
