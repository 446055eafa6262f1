/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.handler.codec.http.HttpRequest;

/** Where a {@link FastCgiHttpHandler} is with the request that it serves. */
enum RequestPhase {
    /** No request is being served. */
    IDLE,
    /** Waiting to learn where the request leads. */
    RESOLVING,
    /** Taking the body for an application. */
    SPOOLING,
    /** Reading a body that nobody wants. */
    DISCARDING,
    /** Waiting for the response to be written. */
    RESPONDING,
    /** The connection is to be closed; nothing is taken any more. */
    CLOSING;

    /** Whether a message that the client has sent is taken now; otherwise it waits. */
    boolean accepts(Object message) {
        return switch (this) {
            case IDLE, CLOSING -> true;
            case SPOOLING, DISCARDING -> !(message instanceof HttpRequest);
            case RESOLVING, RESPONDING -> false;
        };
    }
}
