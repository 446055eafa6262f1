/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.observe.RetireReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a lease ended. Decides whether the worker may serve again. */
public enum Outcome {
    /** The application ended the request: the worker is free. */
    COMPLETED(null),
    /** The lease was never used: nothing was sent to the worker. */
    UNUSED(null),
    /** The connection broke, or the application broke the protocol. */
    FAILED(RetireReason.IO_ERROR),
    /** The process ended before it accepted the connection: a failed start. */
    UNREAD(RetireReason.UNREACHABLE),
    /** The worker neither took nor sent a byte for the I/O timeout. */
    TIMED_OUT(RetireReason.IO_TIMEOUT),
    /** The rest of the response was not wanted, mostly because the client left, and the worker did not end it in time. */
    STUCK(RetireReason.ABORTED);

    private final Optional<RetireReason> retire;

    Outcome(@Nullable RetireReason retire) {
        this.retire = Optional.ofNullable(retire);
    }

    /** Why the worker must be stopped; empty when it may serve again. */
    Optional<RetireReason> retire() {
        return retire;
    }
}
