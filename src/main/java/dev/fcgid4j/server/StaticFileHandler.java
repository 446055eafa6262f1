/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.netty.ErrorPage;
import dev.fcgid4j.netty.ResolvedRequest;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
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
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what no application answers: plain files by {@code sendfile}, redirects to directories, errors.
 *
 * <p>Threading: on the channel's event loop; files are opened by the blocking executor.
 */
final class StaticFileHandler extends SimpleChannelInboundHandler<ResolvedRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(StaticFileHandler.class);

    private final Executor blocking;

    StaticFileHandler(Executor blocking) {
        super(ResolvedRequest.class, false);
        this.blocking = blocking;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ResolvedRequest asked) {
        HttpRequest request = asked.request();
        if (asked.resolution() instanceof Resolution.Refused refused) {
            LOG.debug("{} is answered {}: {}", request.uri(), refused.status(), refused.reason());
            ctx.writeAndFlush(ErrorPage.of(refused.status()));
        } else if (asked.resolution() instanceof Resolution.Moved moved) {
            FullHttpResponse response = ErrorPage.of(301);
            response.headers().set(HttpHeaderNames.LOCATION, moved.location());
            ctx.writeAndFlush(response);
        } else if (asked.resolution() instanceof Resolution.StaticFile file) {
            answerFile(ctx, request, file, asked.sent());
        } else {
            ctx.writeAndFlush(ErrorPage.of(500));
        }
    }

    private void answerFile(
            ChannelHandlerContext ctx,
            HttpRequest request,
            Resolution.StaticFile file,
            Optional<CgiResponse.SendFile> sent) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            FullHttpResponse response = ErrorPage.of(405);
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
            ctx.writeAndFlush(response);
            return;
        }
        try {
            blocking.execute(() -> {
                try {
                    OpenFile open = sent.isPresent() ? OpenFile.open(sent.get()) : OpenFile.open(file.file());
                    ctx.channel().eventLoop().execute(() -> send(ctx, request, open));
                } catch (IOException e) {
                    LOG.debug("{} can't be opened: {}", file.file(), e.toString());
                    ctx.channel().eventLoop().execute(() -> ctx.writeAndFlush(ErrorPage.of(404)));
                }
            });
        } catch (RejectedExecutionException e) {
            ctx.writeAndFlush(ErrorPage.of(503)); // shutting down
        }
    }

    private static void send(ChannelHandlerContext ctx, HttpRequest request, OpenFile file) {
        ConditionalRequest.Verdict verdict = ConditionalRequest.check(request.method(), request.headers(), file);
        switch (verdict.status()) {
            case 304, 412, 416 -> {
                file.close();
                ctx.writeAndFlush(withoutBody(verdict, file));
            }
            default -> {
                if (request.method().equals(HttpMethod.HEAD) || verdict.length() == 0) {
                    file.close();
                    FullHttpResponse head = new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(verdict.status()));
                    fill(head, verdict, file);
                    ctx.writeAndFlush(head);
                } else {
                    sendBody(ctx, verdict, file);
                }
            }
        }
    }

    private static void sendBody(ChannelHandlerContext ctx, ConditionalRequest.Verdict verdict, OpenFile file) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(verdict.status()));
        fill(head, verdict, file);
        ctx.write(head);
        FileChannel channel = file.channel();
        // The region closes the channel when it has been sent or given up.
        ctx.write(new DefaultFileRegion(channel, verdict.from(), verdict.length()))
                .addListener(sent -> {
                    if (!sent.isSuccess()) {
                        ctx.close(); // the file became shorter, or the client left: the promised length can't be kept
                    }
                });
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private static void fill(HttpResponse response, ConditionalRequest.Verdict verdict, OpenFile file) {
        validators(response, file);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, file.mediaType())
                .set(HttpHeaderNames.CONTENT_LENGTH, verdict.length())
                .set("x-content-type-options", "nosniff");
        if (verdict.status() == 206) {
            response.headers().set(HttpHeaderNames.CONTENT_RANGE, verdict.contentRange(file.size()));
        }
    }

    private static FullHttpResponse withoutBody(ConditionalRequest.Verdict verdict, OpenFile file) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(verdict.status()));
        validators(response, file);
        if (verdict.status() != 304) {
            response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
        }
        if (verdict.status() == 416) {
            response.headers().set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + file.size());
        }
        return response;
    }

    private static void validators(HttpResponse response, OpenFile file) {
        file.extra().fields().forEach(field -> response.headers().add(field.getKey(), field.getValue()));
        response.headers()
                .set(HttpHeaderNames.ETAG, file.etag())
                .set(HttpHeaderNames.LAST_MODIFIED, file.lastModified())
                .set(HttpHeaderNames.ACCEPT_RANGES, "bytes");
    }
}
