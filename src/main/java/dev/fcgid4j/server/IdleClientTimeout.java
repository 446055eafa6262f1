/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections on which a client takes too long: without a request, without a byte of one that has begun, or
 * without taking a byte of its response. While an application works on the response, nothing is asked of the client.
 *
 * <p>Threading: one per channel, on its event loop.
 */
final class IdleClientTimeout extends ChannelDuplexHandler {

    private final long limitNanos;
    private @Nullable ScheduledFuture<?> timer;
    private long lastNanos;
    private long owed; // responses to requests that were read whole
    private long unsentBytes;

    /** Creates one that waits this long. */
    IdleClientTimeout(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        lastNanos = now(ctx);
        timer = ctx.executor().schedule(() -> check(ctx), limitNanos, TimeUnit.NANOSECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ScheduledFuture<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastNanos = now(ctx);
        if (message instanceof LastHttpContent) {
            owed++;
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean informational =
                message instanceof HttpResponse response && response.status().code() < 200;
        if (message instanceof LastHttpContent && !informational) {
            // Not when it is written but when it has been sent: a long download is no idle client.
            ctx.write(message, promise.unvoid()).addListener(sent -> {
                lastNanos = now(ctx);
                owed = Math.max(0, owed - 1); // one that was refused was perhaps never read whole
            });
        } else {
            ctx.write(message, promise);
        }
    }

    private void check(ChannelHandlerContext ctx) {
        long now = now(ctx);
        if (isForgiven(ctx)) {
            lastNanos = now;
        }
        long left = limitNanos - (now - lastNanos);
        if (left > 0) {
            timer = ctx.executor().schedule(() -> check(ctx), left, TimeUnit.NANOSECONDS);
        } else {
            ctx.close();
        }
    }

    /** Whether the time until now was not the client's fault, or it made progress. */
    private boolean isForgiven(ChannelHandlerContext ctx) {
        long before = unsentBytes;
        unsentBytes = unsent(ctx);
        if (owed > 0) {
            return unsentBytes == 0 || unsentBytes != before;
        }
        return !ctx.channel().config().isAutoRead(); // it was asked to wait
    }

    /** What the client has not taken yet, as far as it can be told without asking for each byte. */
    private static long unsent(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }
}
