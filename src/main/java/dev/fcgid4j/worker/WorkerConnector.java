/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import dev.fcgid4j.codec.FcgiRecordDecoder;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.kqueue.KQueueDomainSocketChannel;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to workers on a given event loop, with the loop's own transport: epoll, kqueue or NIO.
 *
 * <p>Stateless. Threading: call on the event loop.
 */
public final class WorkerConnector {

    /** Bytes that wait to be written are those of the request's body, which memory or a file holds anyway. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 512 * 1024);

    /**
     * One read takes at most 256 KiB. A response of 64 KiB with its records' headers is a little more than 64 KiB, Netty's
     * own limit, and a socket holds some 200 KiB. The listener learns after at most four reads that input has arrived. So a
     * fast worker fills at most 1 MiB of memory for a slow client.
     *
     * <p>A read takes at least 1 KiB if there is so much. Netty's guess shrinks with short responses, and a guess that is too
     * small cuts a short response into two, which then has two chunks in place of its length.
     */
    private static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(1024, 2048, 256 * 1024).maxMessagesPerRead(4);

    private WorkerConnector() {}

    /**
     * Connects to a worker's socket.
     *
     * @param done called on the event loop, once: with the connection, which it owns, or with the cause of the failure
     */
    public static void connect(
            EventLoop loop, Path socket, BiConsumer<@Nullable WorkerConnection, @Nullable Throwable> done) {
        Channel channel;
        try {
            channel = newChannel(loop);
        } catch (ChannelException e) { // no descriptor is left
            done.accept(null, e);
            return;
        }
        // An application may have answered before it closed. The answer must be read even if a write has failed.
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
        if (uses(loop, EpollIoHandle.class)) {
            return new EpollDomainSocketChannel();
        }
        return uses(loop, KQueueIoHandle.class) ? new KQueueDomainSocketChannel() : new NioDomainSocketChannel();
    }

    private static SocketAddress address(EventLoop loop, Path socket) {
        boolean nativeTransport = uses(loop, EpollIoHandle.class) || uses(loop, KQueueIoHandle.class);
        return nativeTransport ? new DomainSocketAddress(socket.toString()) : UnixDomainSocketAddress.of(socket);
    }

    private static boolean uses(EventLoop loop, Class<? extends IoHandle> transport) {
        return loop instanceof IoEventLoop io && io.isCompatible(transport);
    }
}
