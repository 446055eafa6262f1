/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * Closes a client's connection so that the client can read the last response. Stateless.
 *
 * <p>Threading: on the channel's event loop.
 *
 * <p>Source: RFC 9112 section 9.6.
 */
final class LingeringClose {

    private static final int LINGER_SECONDS = 2;

    private LingeringClose() {}

    /**
     * Closes the connection after everything was written. If the client is still sending, its bytes are read and dropped for
     * two seconds. To close a socket with unread bytes would reset the connection, and the client could lose the response.
     *
     * @param clean whether the client has sent all of its request
     */
    static void afterWriting(ChannelHandlerContext ctx, boolean clean) {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (!clean && ctx.channel() instanceof DuplexChannel duplex && mayStillSend(duplex)) {
                duplex.shutdownOutput();
                ctx.channel().eventLoop().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            } else {
                ctx.close();
            }
        });
    }

    private static boolean mayStillSend(DuplexChannel channel) {
        return channel.isActive() && !channel.isInputShutdown();
    }

    /** The client sends no more: closes the connection at once if everything was written. */
    static void inputEnded(ChannelHandlerContext ctx) {
        if (ctx.channel() instanceof DuplexChannel duplex && duplex.isOutputShutdown()) {
            ctx.close();
        }
    }
}
