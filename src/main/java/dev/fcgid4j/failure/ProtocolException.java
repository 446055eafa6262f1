/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** A peer broke FastCGI 1.0; the connection is closed. */
public final class ProtocolException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public ProtocolException(String message) {
        super(FailureKind.PROTOCOL, message, null);
    }

    /** The same, with the failure that led to this one. */
    public ProtocolException(String message, Throwable cause) {
        super(FailureKind.PROTOCOL, message, cause);
    }
}
