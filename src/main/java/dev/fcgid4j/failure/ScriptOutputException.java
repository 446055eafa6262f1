/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** The application's CGI response (RFC 3875 section 6) can't be passed on. */
public final class ScriptOutputException extends FcgiException {
    private static final long serialVersionUID = 1L;

    /** Creates one with a message that says what happened, where, and what to do next. */
    public ScriptOutputException(String message) {
        super(FailureKind.SCRIPT_OUTPUT, message, null);
    }

    /** The same, with the failure that led to this one. */
    public ScriptOutputException(String message, Throwable cause) {
        super(FailureKind.SCRIPT_OUTPUT, message, cause);
    }
}
