/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.gateway.ClientRequest;
import dev.fcgid4j.gateway.FastCgiGateway;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpObject;
import java.io.IOException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers HTTP requests with FastCGI applications. The handler stands behind Netty's {@code HttpServerCodec}. It passes
 * the events of one channel to a {@link ClientConnection}, and a {@link ClientRequest} conducts each request.
 *
 * <h2>One request at a time</h2>
 *
 * Messages of pipelined requests are held until the response before them has left, or fits into the channel's write buffer.
 * So a client that takes nothing causes no work and opens no file. When many are held, the handler stops reading from the
 * client. The handler also sets Connection and Date of every response that passes it, its own and
 * those of the handlers behind it, and closes the connection where they say so.
 *
 * <h2>Half-closed connections</h2>
 *
 * On a channel with {@code ALLOW_HALF_CLOSURE}, the end of a client's input after its last request (HTTP/1.0, {@code
 * Connection: close}) leaves the connection open until that request is answered. After any other request the end of input
 * means that the client is gone. Without the option it always does.
 *
 * <h2>Requests that no application answers</h2>
 *
 * The next handler gets each of them as one {@link ResolvedRequest}, after the body was read and dropped. It must answer with
 * exactly one response.
 *
 * <h2>Bodies</h2>
 *
 * A body is read completely before a worker is asked for. One that announces more than FcgidMaxRequestLen is refused unread.
 *
 * <p>Threading: one handler for each channel, on its event loop.
 */
public final class FastCgiHttpHandler extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger(FastCgiHttpHandler.class);

    /** User events that the server fires through the pipeline when it wants to end. */
    public enum Finish {
        /** Finish the request that is being served, if there is one, and close the connection. */
        REQUEST
    }

    private final ClientConnection connection;

    /** Answers every request whose target leads to an application. */
    public FastCgiHttpHandler(FastCgiGateway gateway) {
        this(gateway, target -> false);
    }

    /**
     * Answers every request whose target leads to an application, but leaves some targets to the next handler without a
     * lookup.
     *
     * @param passBy true for a target, in origin form, that belongs to the next handler
     */
    public FastCgiHttpHandler(FastCgiGateway gateway, Predicate<String> passBy) {
        this.connection = new ClientConnection(gateway, passBy);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpObject part) {
            connection.receive(ctx, part);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        connection.write(ctx, message, promise);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            connection.resume(ctx);
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Finish.REQUEST) {
            connection.finish(ctx);
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            connection.inputEnded(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.release();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        connection.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException || cause instanceof CodecException) {
            LOG.debug("a client's connection broke, or it sent what can't be read: {}", cause.toString());
        } else {
            LOG.error("serving a client failed; its connection is closed", cause);
        }
        ctx.close();
    }
}
