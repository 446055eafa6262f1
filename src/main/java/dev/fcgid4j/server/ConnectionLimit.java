/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.AddressRange;
import dev.fcgid4j.netty.ErrorPage;
import dev.fcgid4j.netty.RelayedRequest;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the number of a server's client connections below {@link ClientConnections#max}, and those of one address below
 * theirs. When a client comes that is one too many, the connection that has been idle for the longest time is closed: on
 * this event loop, else on another. If none is idle, the new client gets 503.
 *
 * <p>A trusted proxy has no bound of its own: each request counts for the client that the proxy names. Neither has this
 * machine itself, because its proxies come from there.
 *
 * <p>Threading: one for each channel, on its event loop.
 */
final class ConnectionLimit extends ChannelDuplexHandler {

    private final ClientConnections connections;
    private final List<AddressRange> proxies;
    private @Nullable CountedConnection member; // from the begin of the connection to its end
    private int unanswered; // requests whose response has not been written to its end
    private boolean refused;

    /**
     * Creates a handler for one channel.
     *
     * @param proxies the proxies that have no bound of their own
     */
    ConnectionLimit(ClientConnections connections, List<AddressRange> proxies) {
        this.connections = connections;
        this.proxies = proxies;
    }

    /** Counts the new connection, for the server and for its address. Makes room, or refuses it, if it is one too many. */
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        EventLoop loop = ctx.channel().eventLoop();
        CountedConnection begun = new CountedConnection(ctx, connections.idleOf(loop));
        member = begun;
        boolean fits = connections.opened() || begun.idle.evictOldest();
        begun.idle.add(begun);
        if (!fits) {
            evictElsewhere(ctx, new ArrayList<>(connections.loops()).iterator());
        }
        if (ctx.channel().remoteAddress() instanceof InetSocketAddress peer
                && isBounded(peer.getAddress())
                && !enter(begun, peer.getAddress())) {
            refuse(ctx, "MaxConnectionsPerAddress");
        }
        ctx.fireChannelActive();
    }

    /** Returns whether connections from an address have a bound: those of this machine and of trusted proxies have none. */
    private boolean isBounded(@Nullable InetAddress address) {
        return address != null
                && !address.isLoopbackAddress()
                && proxies.stream().noneMatch(range -> range.contains(address));
    }

    /** Counts the connection for an address, in place of the one that is idle for the longest time if there are too many. */
    private boolean enter(CountedConnection begun, InetAddress address) {
        boolean entered =
                connections.enter(address) || (begun.idle.evictOldestOf(address) && connections.enter(address));
        begun.address = entered ? address : null;
        return entered;
    }

    /** Asks one event loop after the other to close an idle connection; if none has one, the new client is refused. */
    private void evictElsewhere(ChannelHandlerContext ctx, Iterator<EventLoop> loops) {
        EventLoop own = ctx.channel().eventLoop();
        while (loops.hasNext()) {
            EventLoop other = loops.next();
            if (other == own) {
                continue;
            }
            try {
                other.execute(() -> {
                    if (!connections.idleOf(other).evictOldest()) {
                        own.execute(() -> evictElsewhere(ctx, loops));
                    }
                });
                return;
            } catch (RejectedExecutionException e) {
                // That loop has ended: the next one is asked.
            }
        }
        if (connections.isOver()) {
            refuse(ctx, "MaxConnections");
        }
    }

    /** Answers with 503 and closes the connection. What the client has sent is dropped. */
    private void refuse(ChannelHandlerContext ctx, String directive) {
        refused = true;
        connections.refused(directive, ctx.channel().remoteAddress());
        FullHttpResponse response = ErrorPage.of(503);
        response.headers()
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .setInt(HttpHeaderNames.RETRY_AFTER, 1);
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        CountedConnection ended = member;
        member = null;
        if (ended != null) {
            ended.idle.remove(ended);
            leave(ended);
            connections.closed();
        }
        ctx.fireChannelInactive();
    }

    /** Ends the count for the address. Does nothing if the connection counts for none. */
    private void leave(CountedConnection from) {
        InetAddress counted = from.address;
        from.address = null;
        if (counted != null) {
            connections.leave(counted);
        }
    }

    /** A request begins: the connection is not idle. A request through a proxy counts for the client that it names. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        CountedConnection current = member;
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest && current != null) {
            current.idle.remove(current);
            unanswered++;
            if (message instanceof RelayedRequest relayed
                    && !recount(current, relayed.client().getAddress())) {
                refuse(ctx, "MaxConnectionsPerAddress");
                return;
            }
        }
        ctx.fireChannelRead(message);
    }

    /** Counts the connection for another client; returns false if that one has too many. */
    private boolean recount(CountedConnection current, InetAddress client) {
        if (client.equals(current.address)) {
            return true;
        }
        leave(current);
        current.relayed = isBounded(client);
        return !current.relayed || enter(current, client);
    }

    /** After the last response the connection is idle again, and counts for no client of a proxy. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        boolean informational =
                message instanceof HttpResponse response && response.status().code() < 200;
        ctx.write(message, promise);
        CountedConnection current = member;
        if (message instanceof LastHttpContent && !informational && current != null) {
            unanswered = Math.max(0, unanswered - 1);
            if (unanswered == 0) {
                if (current.relayed) {
                    leave(current);
                }
                current.idle.add(current);
            }
        }
    }
}
