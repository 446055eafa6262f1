/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection if the client makes no progress for too long: it sends no request, no byte of a request that has
 * begun, or takes no byte of its response. Time in which an application works on the response does not count. What the
 * kernel has queued for the client is not taken yet ({@link ClientProgress}).
 *
 * <p>Threading: one for each channel, on its event loop.
 */
final class IdleClientTimeout extends ChannelDuplexHandler {

    private final long limitNanos;
    private final Function<Channel, ClientProgress> measure;
    private @Nullable ScheduledFuture<?> timer;
    private long lastNanos;
    private long pendingResponses; // to requests that were read to their end
    private ClientProgress progress = ClientProgress.NONE; // at the last check

    /**
     * Creates a handler for one channel.
     *
     * @param limit longest time without progress
     */
    IdleClientTimeout(Duration limit) {
        this(limit, ClientProgress::of);
    }

    IdleClientTimeout(Duration limit, Function<Channel, ClientProgress> measure) {
        this.limitNanos = limit.toNanos();
        this.measure = measure;
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
            pendingResponses++;
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean informational =
                message instanceof HttpResponse response && response.status().code() < 200;
        if (message instanceof LastHttpContent && !informational) {
            // The time of sending counts, not that of writing: a client in a long download is not idle.
            ctx.write(message, promise.unvoid()).addListener(sent -> {
                lastNanos = now(ctx);
                pendingResponses =
                        Math.max(0, pendingResponses - 1); // a refused request may not have been read to its end
            });
        } else {
            ctx.write(message, promise);
        }
    }

    /** Closes the connection if the limit has passed. Otherwise looks again when it would pass, at the earliest. */
    private void check(ChannelHandlerContext ctx) {
        long now = now(ctx);
        if (isNotWaitingForClient(ctx)) {
            lastNanos = now;
        }
        long left = limitNanos - (now - lastNanos);
        if (left > 0) {
            timer = ctx.executor().schedule(() -> check(ctx), left, TimeUnit.NANOSECONDS);
        } else {
            ctx.close();
        }
    }

    /** Returns whether the server was not waiting for the client since the last check, or the client made progress. */
    private boolean isNotWaitingForClient(ChannelHandlerContext ctx) {
        ClientProgress before = progress;
        progress = measure.apply(ctx.channel());
        if (progress.isPending() && progress.taken() != before.taken()) {
            return true;
        }
        return pendingResponses > 0
                ? !progress.isPending()
                : !ctx.channel().config().isAutoRead(); // the server itself has stopped reading
    }

    /** Returns the time on the event loop's clock, which tests can move. */
    private static long now(ChannelHandlerContext ctx) {
        return ctx.executor().ticker().nanoTime();
    }
}
