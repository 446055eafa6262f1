/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.observe.RetireReason;
import java.util.Optional;

/** How a lease ended; decides whether the worker may serve again. */
public enum Outcome {
    /** The application ended the request: the worker is free. */
    COMPLETED(null),
    /** The lease was never used: nothing was sent to the worker. */
    UNUSED(null),
    /** The connection broke, or the application broke the protocol. */
    FAILED(RetireReason.IO_ERROR),
    /** The process ended before it accepted the connection: a failed start. */
    UNREAD(RetireReason.UNREACHABLE),
    /** No byte for the I/O timeout. */
    TIMED_OUT(RetireReason.IO_TIMEOUT),
    /** The rest of the answer was worth nothing, mostly since the client left, and it did not end within bounds. */
    STUCK(RetireReason.ABORTED);

    private final Optional<RetireReason> retire;

    Outcome(@org.jspecify.annotations.Nullable RetireReason retire) {
        this.retire = Optional.ofNullable(retire);
    }

    /** Why the worker must be stopped; empty when it may serve again. */
    Optional<RetireReason> retire() {
        return retire;
    }
}
