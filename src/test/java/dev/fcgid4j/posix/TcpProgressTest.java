/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.UnixChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel says of a connection whose client takes its time. */
class TcpProgressTest {

    private static final int SIZE = 16 << 20; // more than both kernel buffers of a connection hold

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final CompletableFuture<Channel> accepted = new CompletableFuture<>();
    private Socket client;
    private Channel server;

    @BeforeEach
    void connect() throws Exception {
        Channel listening = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
                        accepted.complete(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        client = new Socket(InetAddress.getLoopbackAddress(), ((InetSocketAddress) listening.localAddress()).getPort());
        server = accepted.get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private TcpProgress await(Predicate<TcpProgress> condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            TcpProgress now =
                    TcpProgress.of(((UnixChannel) server).fd().intValue()).orElseThrow();
            if (condition.test(now)) {
                return now;
            }
            assertThat(System.nanoTime() - deadline).as("in time: %s", now).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void acknowledgedBytesGrowAsTheClientReads() throws Exception {
        server.writeAndFlush(Unpooled.wrappedBuffer(new byte[SIZE]));
        TcpProgress stuck = await(TcpProgress::isPending);

        assertThat(client.getInputStream().readNBytes(SIZE)).hasSize(SIZE);

        TcpProgress done = await(now -> !now.isPending());
        assertThat(done.acknowledged()).isGreaterThanOrEqualTo(SIZE).isGreaterThan(stuck.acknowledged());
    }

    @Test
    void descriptorThatIsNoConnectionHasNoProgress() throws Exception {
        int[] pipe = LibC.pipe();

        assertThat(TcpProgress.of(pipe[0])).isEmpty();

        LibC.closeQuietly(pipe[0]);
        LibC.closeQuietly(pipe[1]);
    }
}
