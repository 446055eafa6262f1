/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.failure.FailureKind;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.posix.ResourceShortage;
import java.time.Duration;

/**
 * What the client gets of a failure.
 *
 * @param status the HTTP status
 * @param retryAfterSeconds the value of Retry-After; 0 for no such field
 * @param cause what happened; for the log only
 */
public record FailureResponse(int status, int retryAfterSeconds, FcgiException cause) {

    private static final int UNAVAILABLE = 503;
    /** For a failure that passes at a time that is not known. */
    private static final int RETRY_SECONDS = 2;

    /**
     * Chooses the status, 503 for whatever comes from a lack of means, and when the client may try again. No other place
     * maps a failure to a status.
     */
    public static FailureResponse of(FcgiException cause) {
        int status = ResourceShortage.isCause(cause) ? UNAVAILABLE : statusOf(cause.kind());
        int known = wholeSeconds(cause.retryAfter());
        return new FailureResponse(status, known == 0 && status == UNAVAILABLE ? RETRY_SECONDS : known, cause);
    }

    /** Rounds up, so that a client does not come too early. */
    private static int wholeSeconds(Duration time) {
        return (int) ((time.toMillis() + 999) / 1000);
    }

    private static int statusOf(FailureKind kind) {
        return switch (kind) {
            case POOL_EXHAUSTED, POOL_CLOSED, REQUEST_REJECTED -> UNAVAILABLE;
            case WORKER_TIMEOUT -> 504;
            case WORKER_START, WORKER_LOST, PROTOCOL, SCRIPT_OUTPUT -> 502;
            case CONFIGURATION -> 500;
        };
    }
}
