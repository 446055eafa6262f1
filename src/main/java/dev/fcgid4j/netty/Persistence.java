/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import org.jspecify.annotations.Nullable;

/**
 * Whether a client's connection stays open after a response: the client, the server, the body of the request and the length
 * of the response have a say.
 *
 * <p>Threading: belongs to the channel's event loop.
 *
 * <p>Source: RFC 9112 section 9.3.
 */
final class Persistence {

    private boolean keepAlive;
    private boolean bodyComplete;
    private boolean finishing;
    private boolean closing;

    /** A request begins. */
    void begin(HttpRequest head) {
        bodyComplete = false;
        keepAlive = HttpUtil.isKeepAlive(head) && !finishing;
    }

    /** A piece of the request's body arrived. */
    void content(boolean last) {
        bodyComplete = last;
    }

    /** The server wants to end: the next response is the last one of the connection. */
    void finish() {
        finishing = true;
        keepAlive = false;
    }

    /**
     * Completes the head of a response.
     *
     * @param request the head of the request; null if it could not be read
     */
    void complete(HttpResponse response, @Nullable HttpRequest request) {
        keepAlive = ResponseHead.complete(response, request, keepAlive && bodyComplete && !closing);
    }

    /** Returns whether the connection stays open after the response that was just written. */
    boolean isKept() {
        return keepAlive && bodyComplete;
    }

    /** Returns whether nothing is taken from the client any more. */
    boolean isClosing() {
        return closing;
    }

    /** Nothing is taken from the client any more. */
    void stop() {
        closing = true;
    }

    /** Returns whether the client has sent all of its request. */
    boolean isBodyComplete() {
        return bodyComplete;
    }
}
