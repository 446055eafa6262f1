/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.gateway.ClientRequest;
import dev.fcgid4j.gateway.FastCgiGateway;
import dev.fcgid4j.mapping.Resolution;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1 connection of a client: serves its requests one at a time, in their order, and closes it after the last one.
 *
 * <p>{@link FastCgiHttpHandler} passes the channel's events on. A {@link ClientRequest} conducts each request.
 *
 * <p>Threading: belongs to the channel's event loop.
 *
 * <p>Ownership: owns each message that it receives, until the request takes its content.
 *
 * <p>Source: RFC 9112 section 9.
 */
final class ClientConnection {

    private static final Resolution PASSED_BY = new Resolution.Refused(404, "left to the next handler");

    private final FastCgiGateway gateway;
    private final Predicate<String> passBy;
    private final HeldMessages held = new HeldMessages();
    private final Persistence persistence = new Persistence();
    private final UnsentFiles files = new UnsentFiles();
    private @Nullable NettyHttpAdapter current; // the request that is being served
    private boolean serving; // serveHeld is on the stack

    /**
     * Creates the connection of one channel.
     *
     * @param passBy true for a target, in origin form, that belongs to the next handler
     */
    ClientConnection(FastCgiGateway gateway, Predicate<String> passBy) {
        this.gateway = requireNonNull(gateway, "gateway");
        this.passBy = requireNonNull(passBy, "passBy");
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    /** Receives a message of the client. It is held until the responses to earlier requests have left. */
    void receive(ChannelHandlerContext ctx, HttpObject message) {
        held.add(message);
        serveHeld(ctx);
    }

    /** Takes held messages as far as the current request allows. A call from inside of itself does nothing. */
    void serveHeld(ChannelHandlerContext ctx) {
        if (serving) {
            return;
        }
        serving = true;
        for (Object next = held.peek(); next != null && accepts(ctx, next); next = held.peek()) {
            take(ctx, held.remove());
        }
        serving = false;
        NettyHttpAdapter adapter = current;
        held.adjustReading(ctx, adapter != null && adapter.request().isCongested());
    }

    /** A request is taken when the response before it has left, or at least fits into the channel's write buffer. */
    private boolean accepts(ChannelHandlerContext ctx, Object message) {
        if (persistence.isClosing()) {
            return true;
        }
        NettyHttpAdapter adapter = current;
        return adapter == null
                ? ctx.channel().isWritable() && files.haveLeft()
                : adapter.request().takesBody() && !(message instanceof HttpRequest);
    }

    private void take(ChannelHandlerContext ctx, Object message) {
        NettyHttpAdapter adapter = current;
        if (persistence.isClosing() || (adapter == null && !(message instanceof HttpRequest))) {
            ReferenceCountUtil.release(message);
        } else if (((HttpObject) message).decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            refuse(ctx, DecoderFailure.status((HttpObject) message));
        } else if (message instanceof FullHttpRequest whole) {
            held.addFirst(new DefaultLastHttpContent(whole.content()));
            begin(ctx, whole);
        } else if (message instanceof HttpRequest head) {
            begin(ctx, head);
        } else if (message instanceof HttpContent content && adapter != null) {
            boolean last = content instanceof LastHttpContent;
            persistence.content(last);
            adapter.request().content(content.content(), last);
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
        if (passBy.test(adapter.request().target())) {
            adapter.request().begin(PASSED_BY);
        } else {
            adapter.request().begin();
        }
    }

    // ---- responses ------------------------------------------------------------------------------------------------

    /** Writes a message of a response. Completes its head, and notes its end. */
    void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean informational = ResponseHead.isInformational(message);
        if (message instanceof HttpResponse response && !informational) {
            NettyHttpAdapter adapter = current;
            persistence.complete(response, adapter == null ? null : adapter.head());
        }
        ctx.write(message, message instanceof FileRegion ? files.add(promise, () -> serveNext(ctx)) : promise);
        if (message instanceof LastHttpContent && !informational) {
            responded(ctx);
        }
    }

    /** The last byte of a response was written. */
    private void responded(ChannelHandlerContext ctx) {
        current = null;
        if (!persistence.isKept()) {
            close(ctx);
        } else {
            serveNext(ctx);
        }
    }

    /** Takes the next request, if one is held. */
    private void serveNext(ChannelHandlerContext ctx) {
        if (current == null && !held.isEmpty()) {
            // As a task, not inside the write of the last response: pipelined requests would nest without limit.
            ctx.channel().eventLoop().execute(() -> serveHeld(ctx));
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

    /** The client takes bytes again: the current request may write more, or the next one begins. */
    void resume(ChannelHandlerContext ctx) {
        NettyHttpAdapter adapter = current;
        if (adapter != null) {
            adapter.request().resume();
        } else {
            serveNext(ctx);
        }
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    /** Closes the connection after the current request, or now if there is none. */
    void finish(ChannelHandlerContext ctx) {
        persistence.finish();
        if (current == null && held.isEmpty() && !persistence.isClosing()) {
            persistence.stop();
            ctx.close();
        }
    }

    /** The client sends no more. It waits for a response only if its last request is the last one of the connection. */
    void inputEnded(ChannelHandlerContext ctx) {
        NettyHttpAdapter adapter = current;
        if (persistence.isClosing()) {
            LingeringClose.inputEnded(ctx);
        } else if (!held.endWithLastRequest(adapter == null ? null : adapter.head(), persistence.isBodyComplete())) {
            ctx.close();
        }
    }

    /** Closes the connection after everything was written. What the client still sends is read and dropped. */
    private void close(ChannelHandlerContext ctx) {
        persistence.stop();
        held.release();
        held.adjustReading(ctx, false);
        LingeringClose.afterWriting(ctx, persistence.isBodyComplete());
    }

    /** The client has disconnected: cancels the current request and releases everything. Twice is harmless. */
    void release() {
        persistence.stop();
        cancelCurrent();
        held.release();
    }

    private void cancelCurrent() {
        NettyHttpAdapter adapter = current;
        current = null;
        if (adapter != null) {
            adapter.cancel();
        }
    }
}
