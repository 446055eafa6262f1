/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.failure.FailureKind;
import dev.fcgid4j.failure.FcgiException;

/**
 * A failure as the client sees it.
 *
 * @param status the HTTP status
 * @param retryAfterSeconds for Retry-After; 0 for none
 * @param cause what happened; for the log, never for the client
 */
public record FailureResponse(int status, int retryAfterSeconds, FcgiException cause) {

    private static final int RETRY_SECONDS = 2;

    /** The only place where a failure becomes an HTTP status. */
    public static FailureResponse of(FcgiException cause) {
        int status = statusOf(cause.kind());
        return new FailureResponse(status, status == 503 ? RETRY_SECONDS : 0, cause);
    }

    private static int statusOf(FailureKind kind) {
        return switch (kind) {
            case POOL_EXHAUSTED, POOL_CLOSED, REQUEST_REJECTED -> 503;
            case WORKER_TIMEOUT -> 504;
            case WORKER_START, WORKER_LOST, PROTOCOL, SCRIPT_OUTPUT -> 502;
            case CONFIGURATION -> 500;
        };
    }
}
