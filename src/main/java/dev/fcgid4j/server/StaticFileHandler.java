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
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
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
 * <p>Ownership: an open file belongs to the response that sends it. {@link FileResponse} closes it at the end.
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
            FileResponse.send(ctx, request, open);
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
}
