/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

/** What answers a request in place of the application that was asked. */
sealed interface Handover {

    /** Another path of this server, by GET (RFC 3875 section 6.2.2). */
    record ToPath(String target) implements Handover {}

    /** A file. */
    record ToFile(SentFile file) implements Handover {}
}
