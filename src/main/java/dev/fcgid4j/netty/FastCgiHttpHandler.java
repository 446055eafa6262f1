/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.gateway.BodySpool;
import dev.fcgid4j.gateway.Exchange;
import dev.fcgid4j.gateway.FastCgiGateway;
import dev.fcgid4j.gateway.RequestBody;
import dev.fcgid4j.mapping.Resolution;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers HTTP requests with FastCGI applications; stands behind Netty's {@code HttpServerCodec}.
 *
 * <h2>One request at a time</h2>
 *
 * Pipelined requests wait here, unread beyond a bound, until the response before them has been written. The handler also
 * settles Connection and keep-alive of every response that passes it, its own and those of the handlers behind it.
 *
 * <h2>What is not for an application</h2>
 *
 * is fired to the next handler as one {@link ResolvedRequest}, its body read and discarded.
 *
 * <h2>Bodies</h2>
 *
 * are read completely before a worker is asked for; one that announces more than FcgidMaxRequestLen is refused unread.
 *
 * <p>Threading: one per channel, on its event loop.
 */
public final class FastCgiHttpHandler extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger(FastCgiHttpHandler.class);
    private static final int MAX_REDIRECTS = 10;
    private static final int MAX_HELD = 16;
    private static final int LINGER_SECONDS = 2;

    /** A user event: the server wants to end. */
    public enum Finish {
        /** Finish the request that is being served, if there is one, and close the connection. */
        REQUEST
    }

    private enum Phase {
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
        CLOSING
    }

    private final FastCgiGateway gateway;
    private final Predicate<String> passBy;
    private final ArrayDeque<Object> held = new ArrayDeque<>();
    private Phase phase = Phase.IDLE;
    private @Nullable HttpRequest request;
    private @Nullable Resolution resolution;
    private @Nullable BodySpool spool;
    private @Nullable Exchange exchange;
    private @Nullable NettySink sink;
    private boolean keepAlive;
    private boolean bodyComplete;
    private boolean paused;
    private boolean draining;
    private boolean finishing;

    /** Answers everything that leads to an application. */
    public FastCgiHttpHandler(FastCgiGateway gateway) {
        this(gateway, target -> false);
    }

    /**
     * The same, but leaves some request targets to the next handler without looking where they lead.
     *
     * @param passBy true for a target that belongs to the next handler
     */
    public FastCgiHttpHandler(FastCgiGateway gateway, Predicate<String> passBy) {
        this.gateway = requireNonNull(gateway, "gateway");
        this.passBy = requireNonNull(passBy, "passBy");
    }

    // ---- from the client ------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HttpObject)) {
            ctx.fireChannelRead(message);
            return;
        }
        held.add(message);
        drainHeld(ctx);
    }

    /** Takes what is held, as far as the phase allows; stops the client when too much is held. */
    private void drainHeld(ChannelHandlerContext ctx) {
        if (draining) {
            return;
        }
        draining = true;
        while (!held.isEmpty() && accepts(held.peek())) {
            take(ctx, held.remove());
        }
        draining = false;
        BodySpool filling = spool;
        pause(ctx, held.size() > MAX_HELD || (filling != null && filling.congested()));
    }

    private boolean accepts(Object message) {
        return switch (phase) {
            case IDLE -> true;
            case SPOOLING, DISCARDING -> !(message instanceof HttpRequest);
            case RESOLVING, RESPONDING -> false;
            case CLOSING -> true;
        };
    }

    private void take(ChannelHandlerContext ctx, Object message) {
        if (phase == Phase.CLOSING || (phase == Phase.IDLE && !(message instanceof HttpRequest))) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (((HttpObject) message).decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            refuseAndClose(ctx, DecoderFailure.status((HttpObject) message));
            return;
        }
        if (message instanceof HttpRequest head) {
            begin(ctx, head);
        }
        if (message instanceof HttpContent content) {
            body(ctx, content);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        request = head;
        bodyComplete = false;
        keepAlive = HttpUtil.isKeepAlive(head) && !finishing;
        int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && head.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
            refuseAndClose(ctx, 400); // RFC 9112 section 3.2
            return;
        }
        if (passBy.test(head.uri())) {
            resolution = new Resolution.Refused(404, "left to the next handler");
            phase = Phase.DISCARDING;
            return;
        }
        phase = Phase.RESOLVING;
        gateway.resolve(head.uri(), ctx.channel().eventLoop(), found -> {
            if (phase == Phase.RESOLVING && head == request) {
                resolved(ctx, head, found);
                drainHeld(ctx);
            }
        });
    }

    private void resolved(ChannelHandlerContext ctx, HttpRequest head, Resolution found) {
        resolution = found;
        boolean expects = head.headers().contains(HttpHeaderNames.EXPECT);
        if (!(found instanceof Resolution.Script)) {
            // Without the 100 that it asked for, the client may or may not send its body: the connection can't go on.
            keepAlive &= !expects;
            phase = Phase.DISCARDING;
            if (expects) {
                discarded(ctx);
            }
            return;
        }
        if (HttpUtil.getContentLength(head, 0L) > gateway.settings().maxRequestLen()) {
            refuseAndClose(ctx, 413);
            return;
        }
        if (expects && !HttpUtil.is100ContinueExpected(head)) {
            refuseAndClose(ctx, 417);
            return;
        }
        if (expects) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        phase = Phase.SPOOLING;
        if (HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0) {
            spool = gateway.newSpool(ctx.channel().eventLoop(), ctx.alloc(), () -> drainHeld(ctx));
        }
    }

    private void body(ChannelHandlerContext ctx, HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (phase == Phase.RESOLVING) {
            // The head came with it in one message.
            held.addFirst(last ? new DefaultLastHttpContent(content.content()) : content);
            return;
        }
        bodyComplete = last;
        if (phase == Phase.CLOSING) {
            content.release();
            return;
        }
        if (phase == Phase.DISCARDING) {
            content.release();
            if (last) {
                discarded(ctx);
            }
            return;
        }
        BodySpool filling = spool;
        if (filling == null) {
            content.release();
        } else if (filling.length() + content.content().readableBytes()
                > gateway.settings().maxRequestLen()) {
            content.release();
            refuseAndClose(ctx, 413);
            return;
        } else {
            filling.append(content.content());
        }
        if (last) {
            finishBody(ctx);
        }
    }

    private void finishBody(ChannelHandlerContext ctx) {
        phase = Phase.RESPONDING;
        BodySpool filled = spool;
        spool = null;
        if (filled == null) {
            run(ctx, RequestBody.EMPTY);
        } else {
            filled.finish(body -> run(ctx, body), error -> {
                LOG.error("a request body can't be kept in a temporary file", error);
                refuseAndClose(ctx, 500);
            });
        }
    }

    /** The body of a request for the next handler has been read. */
    private void discarded(ChannelHandlerContext ctx) {
        phase = Phase.RESPONDING;
        ctx.fireChannelRead(new ResolvedRequest(requireNonNull(request), requireNonNull(resolution)));
    }

    // ---- to the application ---------------------------------------------------------------------------------------

    private void run(ChannelHandlerContext ctx, RequestBody body) {
        if (!ctx.channel().isActive() || !(resolution instanceof Resolution.Script script)) {
            body.close();
            return;
        }
        HttpRequest head = requireNonNull(request);
        boolean hasBody = body.length() > 0
                || head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
                || HttpUtil.isTransferEncodingChunked(head);
        CgiRequest cgi = cgiRequest(ctx, head, hasBody ? body.length() : -1);
        start(ctx, cgi, script, body, 0);
    }

    private void start(
            ChannelHandlerContext ctx, CgiRequest cgi, Resolution.Script script, RequestBody body, int redirects) {
        NettySink next = new NettySink(ctx, requireNonNull(request), new NettySink.Listener() {
            @Override
            public void write(Object part) {
                FastCgiHttpHandler.this.write(ctx, part, ctx.newPromise());
            }

            @Override
            public void redirected(String target) {
                redirect(ctx, cgi, target, redirects + 1);
            }
        });
        sink = next;
        exchange = null;
        Exchange started = gateway.start(cgi, script, body, ctx.channel().eventLoop(), next);
        if (sink == next && phase == Phase.RESPONDING) {
            exchange = started;
        }
    }

    /** A local redirect (RFC 3875 section 6.2.2): the path is answered as if the client had asked for it by GET. */
    private void redirect(ChannelHandlerContext ctx, CgiRequest from, String target, int redirects) {
        exchange = null;
        sink = null;
        if (redirects > MAX_REDIRECTS) {
            LOG.warn("more than {} local redirects, the last one to {}", MAX_REDIRECTS, target);
            write(ctx, ErrorPage.of(502), ctx.newPromise());
            ctx.flush();
            return;
        }
        gateway.resolve(target, ctx.channel().eventLoop(), found -> {
            if (phase != Phase.RESPONDING) {
                return;
            }
            resolution = found;
            HttpRequest original = requireNonNull(request);
            if (found instanceof Resolution.Script script) {
                CgiRequest next = new CgiRequest(
                        from.method().equals("HEAD") ? "HEAD" : "GET",
                        target,
                        from.protocol(),
                        from.scheme(),
                        from.headers(),
                        from.remote(),
                        from.local(),
                        -1);
                start(ctx, next, script, RequestBody.EMPTY, redirects);
            } else {
                original.setUri(target);
                if (!original.method().equals(HttpMethod.HEAD)) {
                    original.setMethod(HttpMethod.GET);
                }
                ctx.fireChannelRead(new ResolvedRequest(original, found));
            }
        });
    }

    private static CgiRequest cgiRequest(ChannelHandlerContext ctx, HttpRequest head, long contentLength) {
        return new CgiRequest(
                head.method().name(),
                head.uri(),
                head.protocolVersion().text(),
                ctx.pipeline().get(SslHandler.class) == null ? "http" : "https",
                head.headers().entries(),
                address(ctx.channel().remoteAddress()),
                address(ctx.channel().localAddress()),
                contentLength);
    }

    private static InetSocketAddress address(java.net.SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet : InetSocketAddress.createUnresolved("localhost", 0);
    }

    // ---- to the client --------------------------------------------------------------------------------------------

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(settle(message), promise);
        if (message instanceof LastHttpContent && !isInformational(message)) {
            responded(ctx);
        }
    }

    private Object settle(Object message) {
        if (!(message instanceof HttpResponse response) || isInformational(message)) {
            return message;
        }
        HttpRequest head = request;
        boolean selfDelimited = response instanceof FullHttpResponse
                || HttpUtil.isContentLengthSet(response)
                || HttpUtil.isTransferEncodingChunked(response)
                || response.status().code() == 304
                || response.status().code() == 204
                || (head != null && head.method().equals(HttpMethod.HEAD));
        keepAlive &= selfDelimited && phase != Phase.CLOSING;
        boolean http10 = head != null && head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (http10) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        if (!response.headers().contains(HttpHeaderNames.DATE)) {
            response.headers().set(HttpHeaderNames.DATE, HttpDate.now());
        }
        if (head != null && head.method().equals(HttpMethod.HEAD) && message instanceof FullHttpResponse full) {
            full.content().clear(); // the length stays in the header
        }
        return message;
    }

    private static boolean isInformational(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    /** The last byte of a response was written. */
    private void responded(ChannelHandlerContext ctx) {
        exchange = null;
        sink = null;
        request = null;
        resolution = null;
        if (!keepAlive || !bodyComplete) {
            phase = Phase.CLOSING;
            closeAfterWriting(ctx);
            return;
        }
        phase = Phase.IDLE;
        // Not from within the write of the last response: pipelined requests would nest without end.
        ctx.channel().eventLoop().execute(() -> drainHeld(ctx));
    }

    private void refuseAndClose(ChannelHandlerContext ctx, int status) {
        BodySpool filling = spool;
        spool = null;
        if (filling != null) {
            filling.close();
        }
        keepAlive = false;
        phase = Phase.CLOSING;
        request = null;
        ctx.write(settle(ErrorPage.of(status)));
        closeAfterWriting(ctx);
    }

    /**
     * Closes when everything was written. What the client still sends is read and dropped for a while, because closing
     * over unread bytes resets the connection and can take the response away from the client.
     */
    private void closeAfterWriting(ChannelHandlerContext ctx) {
        pause(ctx, false);
        boolean clean = bodyComplete;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (!clean && ctx.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
                duplex.shutdownOutput();
                ctx.channel().eventLoop().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            } else {
                ctx.close();
            }
        });
    }

    private void pause(ChannelHandlerContext ctx, boolean on) {
        if (paused != on) {
            paused = on;
            ctx.channel().config().setAutoRead(!on);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange current = exchange;
        if (current != null && ctx.channel().isWritable()) {
            current.resume();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Finish.REQUEST) {
            finishing = true;
            keepAlive = false;
            if (phase == Phase.IDLE && held.isEmpty()) {
                phase = Phase.CLOSING;
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof java.io.IOException) {
            LOG.debug("a client's connection broke: {}", cause.toString());
        } else {
            LOG.error("serving a client failed; its connection is closed", cause);
        }
        ctx.close();
    }

    /** The client is gone. */
    private void release() {
        phase = Phase.CLOSING;
        Exchange running = exchange;
        exchange = null;
        NettySink open = sink;
        sink = null;
        BodySpool filling = spool;
        spool = null;
        if (running != null) {
            running.cancel();
        }
        if (open != null) {
            open.discard();
        }
        if (filling != null) {
            filling.close();
        }
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }
}
