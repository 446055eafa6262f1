/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.failure;

/** The closed list of ways in which the library can fail; decides log level and HTTP status. */
public enum FailureKind {
    /** A peer broke FastCGI 1.0: bad version, impossible length. */
    PROTOCOL,
    /** The application's CGI header block or body can't be passed on. */
    SCRIPT_OUTPUT,
    /** The application can't be started, or ends at once each time it is. */
    WORKER_START,
    /** The worker ended, or closed its connection, before the end of the response. */
    WORKER_LOST,
    /** The worker was too slow: no byte for the I/O timeout, or busy for the busy timeout. */
    WORKER_TIMEOUT,
    /** The application ended the request with a protocolStatus other than FCGI_REQUEST_COMPLETE. */
    REQUEST_REJECTED,
    /** The line of waiting requests is full, or this request waited in it for too long. */
    POOL_EXHAUSTED,
    /** The pool is closing or closed. */
    POOL_CLOSED,
    /** A mistake in settings, an Apache-style configuration file or an option. */
    CONFIGURATION
}
