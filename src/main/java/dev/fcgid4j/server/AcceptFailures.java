/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.posix.ResourceShortage;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;

/**
 * Handles a connection that can't be accepted because the process has no descriptor or memory left: after a short pause idle
 * connections are closed, and the server tries again. The client waits in the kernel's queue meanwhile.
 *
 * <p>The pause comes first, because a connection that was accepted just before is idle until its request arrives, and because
 * accept(2) fails in this way even if no client waits.
 *
 * <p>Netty's own handler for this stands behind it in the pipeline. It pauses for a second and closes nothing, so a client
 * would wait for as long as others keep idle connections.
 *
 * <p>Threading: belongs to the event loop of the listening socket.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {

    private static final int PAUSE_MILLIS = 100;

    private final ClientConnections connections;

    AcceptFailures(ClientConnections connections) {
        this.connections = connections;
    }

    /** Any other failure goes on to Netty's handler. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!ResourceShortage.isCause(cause)) {
            ctx.fireExceptionCaught(cause);
            return;
        }
        connections.notAccepted(cause);
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> tryAgain(ctx.channel()), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tryAgain(Channel listening) {
        connections.evictIdle();
        // After the eviction, which is a task of each loop: otherwise it could meet the connection that is accepted
        // now.
        listening.eventLoop().execute(() -> listening.config().setAutoRead(true));
    }
}
