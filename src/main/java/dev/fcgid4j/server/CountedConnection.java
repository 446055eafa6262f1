/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection as {@link ConnectionLimit} counts it: whether it is idle, and the address that it counts for.
 *
 * <p>Threading: belongs to its event loop.
 */
final class CountedConnection extends IdleConnections.Member {
    private final ChannelHandlerContext ctx;
    final IdleConnections idle; // those of its event loop

    @Nullable
    InetAddress address; // null while it counts for none

    boolean relayed; // the address is that of a request, not of the connection

    CountedConnection(ChannelHandlerContext ctx, IdleConnections idle) {
        this.ctx = ctx;
        this.idle = idle;
    }

    @Override
    @Nullable
    InetAddress address() {
        return address;
    }

    /** A response that is still being sent is not idle, although it has been written. */
    @Override
    boolean isQuiet() {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        return buffer == null || (buffer.isEmpty() && buffer.totalPendingWriteBytes() == 0);
    }

    @Override
    void evict() {
        ctx.close();
    }
}
