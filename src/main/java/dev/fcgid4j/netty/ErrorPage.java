/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** The page that a client sees when a request fails. It says what failed, and nothing about the inside of the server. */
public final class ErrorPage {

    private ErrorPage() {}

    /**
     * Returns a complete response, with its length and without a date. The caller owns it.
     *
     * @param status 301, or 400 to 599
     */
    public static FullHttpResponse of(int status) {
        HttpResponseStatus known = HttpResponseStatus.valueOf(status);
        String title = known.code() + " " + known.reasonPhrase();
        String page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title
                + "</title></head>\n<body><h1>" + title + "</h1><p>" + explanation(status) + "</p></body></html>\n";
        ByteBuf content = Unpooled.copiedBuffer(page, StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, known, content);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
        return response;
    }

    private static String explanation(int status) {
        return switch (status) {
            case 301 -> "This has moved. The browser goes to the new address.";
            case 400 -> "The server did not understand the request.";
            case 403 -> "You have no permission to see this.";
            case 404 -> "There is nothing at this address.";
            case 405 -> "This address does not support that method.";
            case 413 -> "The request is larger than the server accepts.";
            case 414 -> "The address is longer than the server accepts.";
            case 417 -> "The server can't do what the request expects.";
            case 431 -> "The request's headers are larger than the server accepts.";
            case 501 -> "The server does not support what the request asks for.";
            case 502 -> "The program behind this address failed. The server's log says why.";
            case 503 -> "The server is busy. Please try again in a moment.";
            case 504 -> "The program behind this address took too long.";
            case 505 -> "The server speaks HTTP/1.0 and HTTP/1.1 here.";
            case 507 -> "The server has no room for the request now. Please try again later.";
            default -> "Something went wrong. The server's log says what.";
        };
    }
}
