/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.netty.ErrorPage;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/**
 * The methods that the server itself answers. An application decides about its own methods.
 *
 * <p>Immutable. Source: RFC 9110 sections 9.3.7, 10.2.1 and 15.5.6.
 */
enum AllowedMethods {
    /** For the server as a whole, with the methods that an application may answer. */
    SERVER("GET, HEAD, OPTIONS, POST"),
    FILE("GET, HEAD, OPTIONS"),
    STATUS_PAGE("GET, HEAD, OPTIONS, POST");

    private final String list;

    AllowedMethods(String list) {
        this.list = list;
    }

    /** Returns the answer to OPTIONS, which lists the methods, or to a method that is not among them. The caller owns it. */
    FullHttpResponse answerOther(HttpMethod method) {
        FullHttpResponse response = method.equals(HttpMethod.OPTIONS) ? withoutContent() : ErrorPage.of(405);
        response.headers().set(HttpHeaderNames.ALLOW, list);
        return response;
    }

    private static FullHttpResponse withoutContent() {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        return response;
    }
}
