/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

/** How far a {@link ClientRequest} has got. */
enum RequestPhase {
    /** The target is being looked up. */
    RESOLVING,
    /** The body is being taken for an application. */
    SPOOLING,
    /** The body is being read and dropped. */
    DISCARDING,
    /** The body is complete, or is not read: the answer is on its way. */
    RESPONDING,
    /** The request was refused, or the client has disconnected. */
    OVER
}
