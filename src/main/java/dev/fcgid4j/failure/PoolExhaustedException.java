/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** No worker became free: the line is full, or the request waited in it for too long. */
public final class PoolExhaustedException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public PoolExhaustedException(String message) {
        super(FailureKind.POOL_EXHAUSTED, message, null);
    }

    /** The same, with the failure that led to this one. */
    public PoolExhaustedException(String message, Throwable cause) {
        super(FailureKind.POOL_EXHAUSTED, message, cause);
    }
}
