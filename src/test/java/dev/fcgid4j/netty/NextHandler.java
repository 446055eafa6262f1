/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The embedder's handler behind the one under test: keeps each request that it is handed, and answers it at once or later. For several clients. */
@ChannelHandler.Sharable
final class NextHandler extends SimpleChannelInboundHandler<ResolvedRequest> {

    private final List<ResolvedRequest> requests = new ArrayList<>();
    private boolean answering = true;
    private @Nullable ChannelHandlerContext context;

    NextHandler() {
        super(ResolvedRequest.class, false);
    }

    /** The requests that were handed over. */
    List<ResolvedRequest> requests() {
        return requests;
    }

    /** The only one. */
    ResolvedRequest request() {
        if (requests.size() != 1) {
            throw new AssertionError("expected one request, found " + requests);
        }
        return requests.get(0);
    }

    /** Answers nothing until {@link #answer} is called. */
    void answerLater() {
        answering = false;
    }

    /** Answers one request with 200 and this body. */
    void answer(String body) {
        answer(body, response -> {});
    }

    void answer(String body, Consumer<FullHttpResponse> change) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.copiedBuffer(body, StandardCharsets.ISO_8859_1));
        response.headers().set("content-length", body.length());
        change.accept(response);
        requireNonNull(context, "no request was handed over").writeAndFlush(response);
    }

    /** Answers one request with a file of this many bytes. */
    void answerFile(FileRegion file) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set("content-length", file.count());
        ChannelHandlerContext to = requireNonNull(context, "no request was handed over");
        to.write(response);
        to.write(file);
        to.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ResolvedRequest request) {
        context = ctx;
        requests.add(request);
        if (answering) {
            answer("next");
        }
    }
}
