/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** The application can't be started. */
public final class WorkerStartException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public WorkerStartException(String message) {
        super(FailureKind.WORKER_START, message, null);
    }

    /** The same, with the failure that led to this one. */
    public WorkerStartException(String message, Throwable cause) {
        super(FailureKind.WORKER_START, message, cause);
    }
}
