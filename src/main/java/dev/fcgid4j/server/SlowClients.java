/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections on which a client takes too long: {@value #IDLE_SECONDS} s without a request, or without a byte of
 * one that has begun. While a request is being answered, nothing is asked of the client.
 *
 * <p>Threading: one per channel, on its event loop.
 */
final class SlowClients extends ChannelDuplexHandler {

    private static final int IDLE_SECONDS = 60;

    private @Nullable ScheduledFuture<?> timer;
    private long lastNanos = System.nanoTime();
    private boolean answering;

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        timer = ctx.channel().eventLoop().schedule(() -> check(ctx), IDLE_SECONDS, TimeUnit.SECONDS);
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
        lastNanos = System.nanoTime();
        if (message instanceof HttpContent && message instanceof LastHttpContent) {
            answering = true;
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
                lastNanos = System.nanoTime();
                answering = false;
            });
        } else {
            ctx.write(message, promise);
        }
    }

    private void check(ChannelHandlerContext ctx) {
        long left = TimeUnit.SECONDS.toNanos(IDLE_SECONDS) - (System.nanoTime() - lastNanos);
        if (answering || left > 0 || !ctx.channel().config().isAutoRead()) {
            long next = Math.max(left, TimeUnit.SECONDS.toNanos(1));
            timer = ctx.channel().eventLoop().schedule(() -> check(ctx), next, TimeUnit.NANOSECONDS);
        } else {
            ctx.close();
        }
    }
}
