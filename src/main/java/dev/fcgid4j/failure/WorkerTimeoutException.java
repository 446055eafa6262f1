/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** The worker was too slow and was stopped. */
public final class WorkerTimeoutException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public WorkerTimeoutException(String message) {
        super(FailureKind.WORKER_TIMEOUT, message, null);
    }

    /** The same, with the failure that led to this one. */
    public WorkerTimeoutException(String message, Throwable cause) {
        super(FailureKind.WORKER_TIMEOUT, message, cause);
    }
}
