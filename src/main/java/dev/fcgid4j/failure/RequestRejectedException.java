/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** The application refused the request: FCGI_OVERLOADED, FCGI_CANT_MPX_CONN or FCGI_UNKNOWN_ROLE. */
public final class RequestRejectedException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public RequestRejectedException(String message) {
        super(FailureKind.REQUEST_REJECTED, message, null);
    }

    /** The same, with the failure that led to this one. */
    public RequestRejectedException(String message, Throwable cause) {
        super(FailureKind.REQUEST_REJECTED, message, cause);
    }
}
