/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/**
 * The end of a client's connection.
 *
 * <p>Threading: on the channel's event loop.
 */
final class LingeringClose {

    private static final int LINGER_SECONDS = 2;

    private LingeringClose() {}

    /**
     * Closes when everything was written. What the client still sends is read and dropped for a while, because closing
     * over unread bytes resets the connection and can take the response away from the client.
     *
     * @param clean whether the client has sent all of its request
     */
    static void afterWriting(ChannelHandlerContext ctx, boolean clean) {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            if (!clean && ctx.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
                duplex.shutdownOutput();
                ctx.channel().eventLoop().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            } else {
                ctx.close();
            }
        });
    }
}
