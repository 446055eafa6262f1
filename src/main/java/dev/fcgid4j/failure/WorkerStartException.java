/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** The application can't be started. */
public final class WorkerStartException extends FcgiException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public WorkerStartException(String message) {
        super(FailureKind.WORKER_START, message, null);
        this.retryAfter = Duration.ZERO;
    }

    /** The same, with the failure that led to this one. */
    public WorkerStartException(String message, Throwable cause) {
        super(FailureKind.WORKER_START, message, cause);
        this.retryAfter = Duration.ZERO;
    }

    private WorkerStartException(WorkerStartException failure, Duration retryAfter) {
        super(FailureKind.WORKER_START, String.valueOf(failure.getMessage()), failure);
        this.retryAfter = requireNonNull(retryAfter, "retryAfter");
    }

    /** The same failure, with the time after which the client may try again. */
    public WorkerStartException retriedAfter(Duration time) {
        return new WorkerStartException(this, time);
    }

    @Override
    public Duration retryAfter() {
        return retryAfter;
    }
}
