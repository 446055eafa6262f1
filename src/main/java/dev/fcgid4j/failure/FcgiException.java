/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every failure the library reports, one subclass for each {@link FailureKind}.
 *
 * <p>A message says what happened, to which worker or file, with numbers, and what to do next.
 */
public abstract sealed class FcgiException extends RuntimeException
        permits ConfigurationException,
                PoolClosedException,
                PoolExhaustedException,
                ProtocolException,
                RequestRejectedException,
                ScriptOutputException,
                WorkerLostException,
                WorkerStartException,
                WorkerTimeoutException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    FcgiException(FailureKind kind, String message, @Nullable Throwable cause) {
        super(requireNonNull(message, "message"), cause);
        this.kind = kind;
    }

    /** When the client may try again with a chance of success; zero if that is not known. */
    public Duration retryAfter() {
        return Duration.ZERO;
    }

    /** What kind of failure this is. */
    public final FailureKind kind() {
        return kind;
    }
}
