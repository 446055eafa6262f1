/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.RequestReadTimeout;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection whose client sends a request too slowly: 408, and the connection is closed. A client that sends one byte
 * now and then is never idle, but holds a connection, and memory, for as long as it likes.
 *
 * <p>It counts bytes before the HTTP codec; {@link #messages} behind the codec tells where a request, and its body, begins and
 * ends. Time in which the server itself does not read, because the disk is behind, is not the client's.
 *
 * <p>Threading: one for each channel, on its event loop. A request that arrives at once costs no timer. Source: httpd's
 * mod_reqtimeout.
 */
final class SlowRequestTimeout extends ChannelInboundHandlerAdapter {

    private static final byte[] RESPONSE =
            "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII);

    /** What the client is sending. */
    private enum Part {
        NOTHING,
        HEADER,
        BODY
    }

    private final RequestReadTimeout limits;
    private final Messages messages = new Messages();
    private Part part = Part.NOTHING;
    private long sinceNanos; // of the part
    private long bytes; // of the part
    private int unanswered; // requests whose response has not been written to its end
    private boolean responding; // a response has begun, or the one to this request was sent
    private @Nullable ScheduledFuture<?> timer;

    /**
     * Creates a handler for one channel.
     *
     * @param limits how long the header and the body may take (RequestReadTimeout)
     */
    SlowRequestTimeout(RequestReadTimeout limits) {
        this.limits = limits;
    }

    /** Returns the part of it that stands behind the HTTP codec. */
    ChannelDuplexHandler messages() {
        return messages;
    }

    /** Returns the limits of the part that is being sent. */
    private RequestReadTimeout.Stage stage() {
        return part == Part.BODY ? limits.body() : limits.header();
    }

    /** Begins to measure time and bytes of a part. */
    private void begin(ChannelHandlerContext ctx, Part next) {
        part = next;
        sinceNanos = now(ctx);
        bytes = 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (part == Part.NOTHING && unanswered == 0) {
            begin(ctx, Part.HEADER);
        }
        if (message instanceof ByteBuf read) {
            bytes += read.readableBytes();
        }
        ctx.fireChannelRead(message);
    }

    /** Only a request that is not complete after one read needs a timer. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (part != Part.NOTHING && timer == null && stage().isLimited()) {
            schedule(ctx, stage().limit(bytes).toNanos());
        }
        ctx.fireChannelReadComplete();
    }

    private void schedule(ChannelHandlerContext ctx, long nanos) {
        timer = ctx.executor().schedule(() -> check(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    /** The time of the part is over, unless enough bytes have come meanwhile to lengthen it. */
    private void check(ChannelHandlerContext ctx) {
        timer = null;
        if (part == Part.NOTHING || !stage().isLimited()) {
            return; // the next part gets a timer of its own
        }
        if (!ctx.channel().config().isAutoRead() || unanswered > 1) {
            begin(ctx, part); // the server does not read, or has not answered the request before
        }
        long left = stage().limit(bytes).toNanos() - (now(ctx) - sinceNanos);
        if (left > 0) {
            schedule(ctx, left);
        } else if (responding) {
            ctx.close();
        } else {
            part = Part.NOTHING;
            ctx.writeAndFlush(Unpooled.wrappedBuffer(RESPONSE)).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        part = Part.NOTHING;
        ScheduledFuture<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }

    /** Sees the messages that the codec has read, and those that it will write. */
    private final class Messages extends ChannelDuplexHandler {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest) {
                unanswered++;
                responding &= unanswered > 1;
                begin(ctx, Part.BODY);
            }
            if (message instanceof LastHttpContent) {
                part = Part.NOTHING;
            }
            ctx.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            boolean informational = message instanceof HttpResponse response
                    && response.status().code() < 200;
            responding |= message instanceof HttpResponse && !informational;
            if (message instanceof LastHttpContent && !informational) {
                unanswered = Math.max(0, unanswered - 1);
                responding = part == Part.BODY; // refused before it was read
            }
            ctx.write(message, promise);
        }
    }
}
