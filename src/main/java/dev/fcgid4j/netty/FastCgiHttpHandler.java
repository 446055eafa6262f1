/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.gateway.ClientRequest;
import dev.fcgid4j.gateway.FastCgiGateway;
import dev.fcgid4j.mapping.Resolution;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers HTTP requests with FastCGI applications. Stands behind Netty's {@code HttpServerCodec}, and translates between its
 * messages and a {@link ClientRequest}, which conducts each request.
 *
 * <h2>One request at a time</h2>
 *
 * Messages of pipelined requests are held until the response before them has been written. When many are held, the handler
 * stops reading from the client. The handler also sets Connection and Date of every response that passes it, its own and
 * those of the handlers behind it, and closes the connection where they say so.
 *
 * <h2>Requests that no application answers</h2>
 *
 * The next handler gets each of them as one {@link ResolvedRequest}, after the body was read and dropped. It must answer with
 * exactly one response.
 *
 * <h2>Bodies</h2>
 *
 * A body is read completely before a worker is asked for. One that announces more than FcgidMaxRequestLen is refused unread.
 *
 * <p>Threading: one handler for each channel, on its event loop.
 */
public final class FastCgiHttpHandler extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger(FastCgiHttpHandler.class);
    private static final Resolution PASSED_BY = new Resolution.Refused(404, "left to the next handler");

    /** User events that the server fires through the pipeline when it wants to end. */
    public enum Finish {
        /** Finish the request that is being served, if there is one, and close the connection. */
        REQUEST
    }

    private final FastCgiGateway gateway;
    private final Predicate<String> passBy;
    private final HeldMessages held = new HeldMessages();
    private final Persistence persistence = new Persistence();
    private @Nullable NettyHttpAdapter current; // the request that is being served
    private boolean draining;

    /** Answers every request whose target leads to an application. */
    public FastCgiHttpHandler(FastCgiGateway gateway) {
        this(gateway, target -> false);
    }

    /**
     * Answers every request whose target leads to an application, but leaves some targets to the next handler without a
     * lookup.
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

    /** Takes held messages as far as the current request allows. */
    void drainHeld(ChannelHandlerContext ctx) {
        if (draining) {
            return;
        }
        draining = true;
        for (Object next = held.peek(); next != null && accepts(next); next = held.peek()) {
            take(ctx, held.remove());
        }
        draining = false;
        NettyHttpAdapter serving = current;
        held.adjustReading(ctx, serving != null && serving.request().isCongested());
    }

    private boolean accepts(Object message) {
        NettyHttpAdapter serving = current;
        return persistence.isClosing()
                || serving == null
                || (serving.request().takesBody() && !(message instanceof HttpRequest));
    }

    private void take(ChannelHandlerContext ctx, Object message) {
        NettyHttpAdapter serving = current;
        if (persistence.isClosing() || (serving == null && !(message instanceof HttpRequest))) {
            ReferenceCountUtil.release(message);
        } else if (((HttpObject) message).decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            refuse(ctx, DecoderFailure.status((HttpObject) message));
        } else if (message instanceof FullHttpRequest whole) {
            held.addFirst(new DefaultLastHttpContent(whole.content()));
            begin(ctx, whole);
        } else if (message instanceof HttpRequest head) {
            begin(ctx, head);
        } else if (message instanceof HttpContent content && serving != null) {
            boolean last = content instanceof LastHttpContent;
            persistence.content(last);
            serving.request().content(content.content(), last);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest head) {
        persistence.begin(head);
        int refusal = RequestHead.refusal(head);
        if (refusal != 0) {
            refuse(ctx, refusal);
            return;
        }
        NettyHttpAdapter adapter = new NettyHttpAdapter(this, ctx, gateway, head);
        current = adapter;
        if (passBy.test(head.uri())) {
            adapter.request().begin(PASSED_BY);
        } else {
            adapter.request().begin();
        }
    }

    // ---- to the client --------------------------------------------------------------------------------------------

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean informational = ResponseHead.isInformational(message);
        if (message instanceof HttpResponse response && !informational) {
            NettyHttpAdapter serving = current;
            persistence.complete(response, serving == null ? null : serving.head());
        }
        ctx.write(message, promise);
        if (message instanceof LastHttpContent && !informational) {
            responded(ctx);
        }
    }

    /** The last byte of a response was written. */
    private void responded(ChannelHandlerContext ctx) {
        current = null;
        if (!persistence.isKept()) {
            close(ctx);
        } else if (!held.isEmpty()) {
            // As a task, not inside the write of the last response: pipelined requests would nest without limit.
            ctx.channel().eventLoop().execute(() -> drainHeld(ctx));
        }
    }

    /** Answers with an error page and ends the connection, because the rest of the request is not read. */
    void refuse(ChannelHandlerContext ctx, int status) {
        cancelCurrent();
        persistence.finish();
        HttpResponse response = ErrorPage.of(status);
        persistence.complete(response, null);
        ctx.write(response);
        close(ctx);
    }

    /** Ends the connection after everything was written. What the client still sends is read and dropped. */
    private void close(ChannelHandlerContext ctx) {
        persistence.stop();
        held.release();
        held.adjustReading(ctx, false);
        LingeringClose.afterWriting(ctx, persistence.isBodyComplete());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        NettyHttpAdapter serving = current;
        if (serving != null && ctx.channel().isWritable()) {
            serving.request().resume();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Finish.REQUEST) {
            persistence.finish();
            if (current == null && held.isEmpty() && !persistence.isClosing()) {
                persistence.stop();
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
        if (cause instanceof IOException || cause instanceof CodecException) {
            LOG.debug("a client's connection broke, or it sent what can't be read: {}", cause.toString());
        } else {
            LOG.error("serving a client failed; its connection is closed", cause);
        }
        ctx.close();
    }

    /** The client has disconnected. */
    private void release() {
        persistence.stop();
        cancelCurrent();
        held.release();
    }

    private void cancelCurrent() {
        NettyHttpAdapter serving = current;
        current = null;
        if (serving != null) {
            serving.cancel();
        }
    }
}
