/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import dev.fcgid4j.codec.FcgiRecordDecoder;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to workers on a given event loop, with the transport that the loop speaks: epoll, kqueue or NIO.
 *
 * <p>Threading: stateless; call on the event loop.
 */
public final class WorkerConnector {

    /** What waits to be written is the request's body, which is held anyway. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 512 * 1024);

    /**
     * One read may take 256 KiB: a whole answer of 64 KiB with its records' headers is little more than 64 KiB, Netty's own
     * limit, and a socket holds some 200 KiB. After four of them the listener is told, so that what a fast worker writes
     * for a slow client fills 1 MiB at most.
     */
    private static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(64, 2048, 256 * 1024).maxMessagesPerRead(4);

    private WorkerConnector() {}

    /**
     * Connects to a worker's socket.
     *
     * @param done told on the event loop: the connection, or why there is none
     */
    public static void connect(
            EventLoop loop, Path socket, BiConsumer<@Nullable WorkerConnection, @Nullable Throwable> done) {
        Channel channel = newChannel(loop);
        // What an application has answered before it closed must be read even when a write to it failed.
        channel.config().setAutoClose(false);
        channel.config().setWriteBufferWaterMark(WATER_MARK);
        channel.config().setRecvByteBufAllocator(READS);
        channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
        WorkerConnection connection = new WorkerConnection(channel);
        channel.pipeline().addLast("decoder", new FcgiRecordDecoder()).addLast("connection", connection);
        loop.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                done.accept(null, registered.cause());
                return;
            }
            channel.connect(address(loop, socket)).addListener(connected -> {
                if (connected.isSuccess()) {
                    done.accept(connection, null);
                } else {
                    channel.close();
                    done.accept(null, connected.cause());
                }
            });
        });
    }

    private static Channel newChannel(EventLoop loop) {
        if (speaks(loop, EpollIoHandler.class)) {
            return new EpollDomainSocketChannel();
        }
        return speaks(loop, KQueueIoHandler.class) ? new KQueueDomainSocketChannel() : new NioDomainSocketChannel();
    }

    private static SocketAddress address(EventLoop loop, Path socket) {
        boolean nativeTransport = speaks(loop, EpollIoHandler.class) || speaks(loop, KQueueIoHandler.class);
        return nativeTransport ? new DomainSocketAddress(socket.toString()) : UnixDomainSocketAddress.of(socket);
    }

    private static boolean speaks(EventLoop loop, Class<? extends io.netty.channel.IoHandler> technique) {
        return loop instanceof IoEventLoop io && io.isIoType(technique);
    }
}
