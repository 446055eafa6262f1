/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** The worker ended, or its connection did, before the end of the response. */
public final class WorkerLostException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public WorkerLostException(String message) {
        super(FailureKind.WORKER_LOST, message, null);
    }

    /** The same, with the failure that led to this one. */
    public WorkerLostException(String message, Throwable cause) {
        super(FailureKind.WORKER_LOST, message, cause);
    }
}
