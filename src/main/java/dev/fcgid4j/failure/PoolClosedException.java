/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** The pool is closing or closed and takes no more requests. */
public final class PoolClosedException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public PoolClosedException(String message) {
        super(FailureKind.POOL_CLOSED, message, null);
    }

    /** The same, with the failure that led to this one. */
    public PoolClosedException(String message, Throwable cause) {
        super(FailureKind.POOL_CLOSED, message, cause);
    }
}
