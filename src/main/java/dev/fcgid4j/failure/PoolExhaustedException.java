/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** No worker became free: the line is full, or the request waited in it for too long. */
public final class PoolExhaustedException extends FcgiException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public PoolExhaustedException(String message) {
        this(message, Duration.ZERO);
    }

    /** The same, with the time after which the client may try again; zero if that is not known. */
    public PoolExhaustedException(String message, Duration retryAfter) {
        super(FailureKind.POOL_EXHAUSTED, message, null);
        this.retryAfter = requireNonNull(retryAfter, "retryAfter");
    }

    /** The same, with the failure that led to this one. */
    public PoolExhaustedException(String message, Throwable cause) {
        super(FailureKind.POOL_EXHAUSTED, message, cause);
        this.retryAfter = Duration.ZERO;
    }

    @Override
    public Duration retryAfter() {
        return retryAfter;
    }
}
