/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.limits.BlockingCall;
import dev.fcgid4j.limits.LogLimiter;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.netty.ErrorPage;
import dev.fcgid4j.netty.ResolvedRequest;
import dev.fcgid4j.posix.ResourceShortage;
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
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Answers requests that no application answers: plain files with {@code sendfile}, OPTIONS, redirects to directories, errors.
 *
 * <p>Contract: each request gets exactly one response, which {@link dev.fcgid4j.netty.FastCgiHttpHandler} waits for.
 *
 * <p>Threading: one for each channel, on its event loop. The blocking executor opens files, because a disk may be slow.
 *
 * <p>Ownership: an open file belongs to the response that sends it. {@link DefaultFileRegion} closes it at the end.
 */
final class StaticFileHandler extends SimpleChannelInboundHandler<ResolvedRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(StaticFileHandler.class);
    private static final LogLimiter SHORTAGES = new LogLimiter();

    /** The target of a request for the server as a whole (RFC 9112 section 3.2.4). */
    private static final String SERVER = "*";

    private final Executor blocking;

    /**
     * Creates a handler for one channel.
     *
     * @param blocking opens files; may reject a task during a shutdown
     */
    StaticFileHandler(Executor blocking) {
        super(ResolvedRequest.class, false);
        this.blocking = blocking;
    }

    /** Answers by what the mapping has decided. Only a file needs the disk. */
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ResolvedRequest resolved) {
        HttpRequest request = resolved.request();
        if (request.method().equals(HttpMethod.OPTIONS) && isOpen(resolved)) {
            answerOptions(ctx, request);
        } else if (resolved.resolution() instanceof Resolution.Refused refused) {
            LOG.debug("{} is answered {}: {}", request.uri(), refused.status(), refused.reason());
            ctx.writeAndFlush(ErrorPage.of(refused.status()));
        } else if (resolved.resolution() instanceof Resolution.Moved moved) {
            FullHttpResponse response = ErrorPage.of(301);
            response.headers().set(HttpHeaderNames.LOCATION, moved.location());
            ctx.writeAndFlush(response);
        } else if (resolved.resolution() instanceof Resolution.StaticFile file) {
            answerFile(ctx, request, file, resolved.sendFile());
        } else {
            ctx.writeAndFlush(ErrorPage.of(500));
        }
    }

    /**
     * Returns whether OPTIONS has an answer: the server as a whole, a file, a directory without an index file. Of these the
     * last makes the health check of a proxy succeed on a site that has nothing at {@code /}.
     */
    private static boolean isOpen(ResolvedRequest resolved) {
        return resolved.request().uri().equals(SERVER)
                || resolved.resolution() instanceof Resolution.StaticFile
                || (resolved.resolution() instanceof Resolution.Refused refused && refused.noIndex());
    }

    private static void answerOptions(ChannelHandlerContext ctx, HttpRequest request) {
        AllowedMethods allowed = request.uri().equals(SERVER) ? AllowedMethods.SERVER : AllowedMethods.FILE;
        ctx.writeAndFlush(allowed.answerOther(HttpMethod.OPTIONS));
    }

    /**
     * Answers with a file.
     *
     * @param sent the application's response, if an application has named the file (X-Sendfile)
     */
    private void answerFile(
            ChannelHandlerContext ctx,
            HttpRequest request,
            Resolution.StaticFile file,
            Optional<CgiResponse.SendFile> sent) {
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            ctx.writeAndFlush(AllowedMethods.FILE.answerOther(request.method()));
            return;
        }
        BlockingCall.start(
                blocking,
                ctx.channel().eventLoop(),
                () -> sent.isPresent() ? OpenFile.open(sent.get()) : OpenFile.open(file.file()),
                new Opened(ctx, request, file, sent.isPresent()));
    }

    /** Sends a file that was opened. */
    private record Opened(
            ChannelHandlerContext ctx, HttpRequest request, Resolution.StaticFile file, boolean namedByApplication)
            implements BlockingCall.Receiver<OpenFile> {

        @Override
        public void done(OpenFile open) {
            send(ctx, request, open);
        }

        @Override
        public void failed(Throwable why) {
            LOG.atLevel(namedByApplication ? Level.WARN : Level.DEBUG)
                    .log(
                            "{} is answered {}: {}{} can't be sent: {}",
                            path(),
                            status(why),
                            namedByApplication ? "the application asked for a file to be sent, and " : "",
                            file.file(),
                            why.toString());
            ctx.writeAndFlush(ErrorPage.of(status(why)));
        }

        /** Without the query, which may hold secrets. */
        private String path() {
            int query = request.uri().indexOf('?');
            return query < 0 ? request.uri() : request.uri().substring(0, query);
        }

        private static int status(Throwable why) {
            if (why instanceof RejectedExecutionException || why instanceof TimeoutException) {
                return 503; // the server shuts down, or the disk does not answer
            }
            if (ResourceShortage.isCause(why)) {
                if (SHORTAGES.permits("")) {
                    LOG.error(
                            "no file can be sent ({}); requests are answered 503. Raise the descriptor limit (ulimit -n),"
                                    + " or lower MaxConnections",
                            why.toString());
                }
                return 503;
            }
            return why instanceof IOException ? 404 : 500;
        }

        @Override
        public void discard(OpenFile open) {
            open.close();
        }
    }

    /** Sends what the conditions and the range of the request select. Closes the file, unless a region sends it. */
    private static void send(ChannelHandlerContext ctx, HttpRequest request, OpenFile file) {
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

    /**
     * Writes head and part of a file. The kernel copies the bytes to the socket ({@code sendfile}), so the file may be larger
     * than the memory. A file that turns out to be shorter ends the connection, because the promised length is wrong.
     */
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
