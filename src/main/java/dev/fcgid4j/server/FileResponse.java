/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.channels.FileChannel;

/**
 * The response that sends an open file, or the part of it that the request selects.
 *
 * <p>Stateless. Threading: on the channel's event loop.
 *
 * <p>Ownership: {@link DefaultFileRegion} closes the file at the end.
 *
 * <p>Source: RFC 9110 sections 13 to 15.
 */
final class FileResponse {

    private FileResponse() {}

    /** Sends what the conditions and the range of the request select. Closes the file, unless a region sends it. */
    static void send(ChannelHandlerContext ctx, HttpRequest request, OpenFile file) {
        ConditionalRequest.Outcome outcome = ConditionalRequest.evaluate(request.method(), request.headers(), file);
        switch (outcome.status()) {
            case 304, 412, 416 -> {
                file.close();
                ctx.writeAndFlush(withoutBody(outcome, file));
            }
            default -> {
                if (request.method().equals(HttpMethod.HEAD) || outcome.length() == 0) {
                    file.close();
                    FullHttpResponse head = new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(outcome.status()));
                    fill(head, outcome, file);
                    ctx.writeAndFlush(head);
                } else {
                    sendBody(ctx, outcome, file);
                }
            }
        }
    }

    private static void sendBody(ChannelHandlerContext ctx, ConditionalRequest.Outcome outcome, OpenFile file) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(outcome.status()));
        fill(head, outcome, file);
        ctx.write(head);
        FileChannel channel = file.channel();
        // The region closes the channel after it has been sent or has failed.
        ctx.write(new DefaultFileRegion(channel, outcome.from(), outcome.length()))
                .addListener(sent -> {
                    if (!sent.isSuccess()) {
                        ctx.close(); // the file was truncated, so the promised length is wrong; or the client is gone
                    }
                });
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    /** Sets the fields of a response with content. */
    private static void fill(HttpResponse response, ConditionalRequest.Outcome outcome, OpenFile file) {
        validators(response, file);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, file.mediaType())
                .set(HttpHeaderNames.CONTENT_LENGTH, outcome.length())
                .set("x-content-type-options", "nosniff");
        if (outcome.status() == 206) {
            response.headers().set(HttpHeaderNames.CONTENT_RANGE, outcome.contentRange(file.size()));
        }
    }

    /** Makes a response of status 304, 412 or 416. A 304 repeats the validators (RFC 9110 section 15.4.5). */
    private static FullHttpResponse withoutBody(ConditionalRequest.Outcome outcome, OpenFile file) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(outcome.status()));
        validators(response, file);
        if (outcome.status() != 304) {
            response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        }
        if (outcome.status() == 416) {
            response.headers().set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + file.size());
        }
        return response;
    }

    /** Sets the fields that let a client ask again with a condition or a range. The application's own fields come first. */
    private static void validators(HttpResponse response, OpenFile file) {
        file.extra().fields().forEach(field -> response.headers().add(field.getKey(), field.getValue()));
        response.headers()
                .set(HttpHeaderNames.ETAG, file.etag())
                .set(HttpHeaderNames.LAST_MODIFIED, file.lastModified())
                .set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
    }
}
