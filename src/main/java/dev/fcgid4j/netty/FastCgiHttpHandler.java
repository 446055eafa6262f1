/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.gateway.BodySpool;
import dev.fcgid4j.gateway.FastCgiGateway;
import dev.fcgid4j.gateway.RequestBody;
import dev.fcgid4j.mapping.Resolution;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Optional;
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
    private static final int MAX_HELD = 16;
    private static final Resolution PASSED_BY = new Resolution.Refused(404, "left to the next handler");

    /** A user event: the server wants to end. */
    public enum Finish {
        /** Finish the request that is being served, if there is one, and close the connection. */
        REQUEST
    }

    private final FastCgiGateway gateway;
    private final Predicate<String> passBy;
    private final ArrayDeque<Object> held = new ArrayDeque<>();
    private RequestPhase phase = RequestPhase.IDLE;
    private @Nullable HttpRequest request;
    private @Nullable Resolution resolution;
    private @Nullable BodySpool spool;
    private @Nullable ScriptRun run;
    private long received;
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
        while (!held.isEmpty() && phase.accepts(held.peek())) {
            take(ctx, held.remove());
        }
        draining = false;
        BodySpool filling = spool;
        pause(ctx, held.size() > MAX_HELD || (filling != null && filling.congested()));
    }

    private void take(ChannelHandlerContext ctx, Object message) {
        if (phase == RequestPhase.CLOSING || (phase == RequestPhase.IDLE && !(message instanceof HttpRequest))) {
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
        received = 0;
        keepAlive = HttpUtil.isKeepAlive(head) && !finishing;
        int refusal = RequestHead.refusal(head);
        if (refusal != 0) {
            refuseAndClose(ctx, refusal);
            return;
        }
        if (passBy.test(head.uri())) {
            resolved(ctx, head, PASSED_BY);
            return;
        }
        phase = RequestPhase.RESOLVING;
        gateway.resolve(head.uri(), ctx.channel().eventLoop(), found -> {
            if (phase == RequestPhase.RESOLVING && head == request) {
                resolved(ctx, head, found);
                drainHeld(ctx);
            }
        });
    }

    private void resolved(ChannelHandlerContext ctx, HttpRequest head, Resolution found) {
        resolution = found;
        RequestHead.Expectation expected = RequestHead.expectation(head);
        if (HttpUtil.getContentLength(head, 0L) > gateway.settings().maxRequestLen()) {
            refuseAndClose(ctx, 413);
            return;
        }
        if (!(found instanceof Resolution.Script)) {
            // Without the 100 that it asked for, the client may or may not send its body: the connection can't go on.
            keepAlive &= expected == RequestHead.Expectation.NONE;
            phase = RequestPhase.DISCARDING;
            if (expected != RequestHead.Expectation.NONE) {
                discarded(ctx);
            }
            return;
        }
        if (expected == RequestHead.Expectation.UNKNOWN) {
            refuseAndClose(ctx, 417);
            return;
        }
        if (expected == RequestHead.Expectation.CONTINUE) {
            ctx.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
        phase = RequestPhase.SPOOLING;
        if (RequestHead.hasBody(head)) {
            spool = gateway.newSpool(ctx.channel().eventLoop(), ctx.alloc(), () -> drainHeld(ctx));
        }
    }

    private void body(ChannelHandlerContext ctx, HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (phase == RequestPhase.RESOLVING) {
            // The head came with it in one message.
            held.addFirst(last ? new DefaultLastHttpContent(content.content()) : content);
            return;
        }
        bodyComplete = last;
        if (phase == RequestPhase.CLOSING) {
            content.release();
            return;
        }
        received += content.content().readableBytes();
        BodySpool filling = spool;
        if (received > gateway.settings().maxRequestLen()) {
            content.release();
            refuseAndClose(ctx, 413);
            return;
        }
        if (filling == null) {
            content.release();
        } else {
            filling.append(content.content());
        }
        if (last && phase == RequestPhase.DISCARDING) {
            discarded(ctx);
        } else if (last) {
            finishBody(ctx);
        }
    }

    private void finishBody(ChannelHandlerContext ctx) {
        phase = RequestPhase.RESPONDING;
        BodySpool filled = spool;
        spool = null;
        if (filled == null) {
            ask(ctx, RequestBody.EMPTY);
        } else {
            filled.finish(body -> ask(ctx, body), error -> {
                LOG.error("a request body can't be kept in a temporary file", error);
                refuseAndClose(ctx, 500);
            });
        }
    }

    /** The body of a request for the next handler has been read. */
    private void discarded(ChannelHandlerContext ctx) {
        phase = RequestPhase.RESPONDING;
        ctx.fireChannelRead(new ResolvedRequest(requireNonNull(request), requireNonNull(resolution)));
    }

    // ---- to the application ---------------------------------------------------------------------------------------

    private void ask(ChannelHandlerContext ctx, RequestBody body) {
        if (!ctx.channel().isActive() || !(resolution instanceof Resolution.Script script)) {
            body.close();
            return;
        }
        HttpRequest head = requireNonNull(request);
        ScriptRun next = new ScriptRun(ctx, gateway, head, RequestHead.cgi(ctx, head, body.length()), owner(ctx));
        run = next;
        next.start(script, body);
    }

    private ScriptRun.Owner owner(ChannelHandlerContext ctx) {
        return new ScriptRun.Owner() {
            @Override
            public void write(Object part) {
                FastCgiHttpHandler.this.write(ctx, part, ctx.newPromise());
            }

            @Override
            public void redirected(String target, Resolution found) {
                HttpRequest original = byGet();
                original.setUri(target);
                ctx.fireChannelRead(new ResolvedRequest(original, found));
            }

            @Override
            public void sent(CgiResponse.SendFile file) {
                ctx.fireChannelRead(
                        new ResolvedRequest(byGet(), new Resolution.StaticFile(file.file()), Optional.of(file)));
            }
        };
    }

    /** The request, as a GET unless it is a HEAD: its method was for the application. */
    private HttpRequest byGet() {
        HttpRequest original = requireNonNull(request);
        if (!original.method().equals(HttpMethod.HEAD)) {
            original.setMethod(HttpMethod.GET);
        }
        return original;
    }

    // ---- to the client --------------------------------------------------------------------------------------------

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(settle(message), promise);
        if (message instanceof LastHttpContent && !ResponseHead.isInformational(message)) {
            responded(ctx);
        }
    }

    private Object settle(Object message) {
        if (message instanceof HttpResponse response && !ResponseHead.isInformational(message)) {
            keepAlive = ResponseHead.settle(response, request, keepAlive && phase != RequestPhase.CLOSING);
        }
        return message;
    }

    /** The last byte of a response was written. */
    private void responded(ChannelHandlerContext ctx) {
        run = null;
        request = null;
        resolution = null;
        if (!keepAlive || !bodyComplete) {
            phase = RequestPhase.CLOSING;
            leave(ctx);
            return;
        }
        phase = RequestPhase.IDLE;
        if (!held.isEmpty()) {
            // Not from within the write of the last response: pipelined requests would nest without end.
            ctx.channel().eventLoop().execute(() -> drainHeld(ctx));
        }
    }

    private void refuseAndClose(ChannelHandlerContext ctx, int status) {
        BodySpool filling = spool;
        spool = null;
        if (filling != null) {
            filling.close();
        }
        keepAlive = false;
        phase = RequestPhase.CLOSING;
        request = null;
        ctx.write(settle(ErrorPage.of(status)));
        leave(ctx);
    }

    /** Ends the connection behind what was written. */
    private void leave(ChannelHandlerContext ctx) {
        pause(ctx, false);
        LingeringClose.afterWriting(ctx, bodyComplete);
    }

    private void pause(ChannelHandlerContext ctx, boolean on) {
        if (paused != on) {
            paused = on;
            ctx.channel().config().setAutoRead(!on);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ScriptRun current = run;
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
            if (phase == RequestPhase.IDLE && held.isEmpty()) {
                phase = RequestPhase.CLOSING;
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
        if (cause instanceof java.io.IOException || cause instanceof CodecException) {
            LOG.debug("a client's connection broke, or it sent what can't be read: {}", cause.toString());
        } else {
            LOG.error("serving a client failed; its connection is closed", cause);
        }
        ctx.close();
    }

    /** The client is gone. */
    private void release() {
        phase = RequestPhase.CLOSING;
        ScriptRun running = run;
        run = null;
        BodySpool filling = spool;
        spool = null;
        if (running != null) {
            running.cancel();
        }
        if (filling != null) {
            filling.close();
        }
        held.forEach(ReferenceCountUtil::release);
        held.clear();
    }
}
