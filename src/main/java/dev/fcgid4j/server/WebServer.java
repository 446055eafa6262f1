/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.ClientSettings;
import dev.fcgid4j.EventLoopSettings;
import dev.fcgid4j.FcgiProcessManager;
import dev.fcgid4j.netty.FastCgiHttpHandler;
import dev.fcgid4j.posix.Descriptors;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The web server: FastCGI applications, the status page, static files.
 *
 * <h2>Pipeline</h2>
 *
 * <p>HTTP codec, {@link IdleClientTimeout}, {@link FastCgiHttpHandler}, {@link StatusHandler}, {@link StaticFileHandler}. Each
 * handler answers the requests that concern it, and passes the others on.
 *
 * <h2>Shutdown</h2>
 *
 * <p>{@link #stop} closes the listening socket, then idle connections, then each other connection after its response, and then
 * the manager with its workers.
 *
 * <p>Ownership: the server owns its manager, its event loops and its connections, and ends them all.
 *
 * <p>Threading: {@link #start} and {@link #stop} block, and any thread may call them, except an event loop of the server.
 */
public final class WebServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    // Limits of one request in bytes: the request line, all header fields together, one piece of a body.
    private static final int MAX_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 64 * 1024;
    private static final int MAX_CHUNK = 64 * 1024; // one read; the default splits a read into eight chunks

    // More requests than one read can hold, at 14 bytes each; the next handler stops reading after a few.
    private static final int MAX_PIPELINED = 8192;
    private static final Duration CLIENT_LIMIT = Duration.ofSeconds(60);

    private final FcgiProcessManager manager;
    private final EventLoopGroup loops;
    private final ChannelGroup clients;
    private final Channel listening;
    private final CompletableFuture<@Nullable Void> loopDied = new CompletableFuture<>();
    private volatile boolean stopping;

    /** The system interface that moves bytes, and the type of the listening socket that belongs to it. */
    private record Transport(IoHandlerFactory handlers, Class<? extends ServerChannel> server) {

        /** Returns epoll on Linux, kqueue on macOS and BSD, NIO elsewhere. Only epoll can spin. */
        static Transport best(SelectStrategyFactory select) {
            if (Epoll.isAvailable()) {
                return new Transport(
                        HalfClosureIoHandler.around(EpollIoHandler.newFactory(0, select)),
                        EpollServerSocketChannel.class);
            }
            if (KQueue.isAvailable()) {
                return new Transport(KQueueIoHandler.newFactory(), KQueueServerSocketChannel.class);
            }
            return nio();
        }

        static Transport nio() {
            return new Transport(NioIoHandler.newFactory(), NioServerSocketChannel.class);
        }
    }

    private WebServer(FcgiProcessManager manager, EventLoopGroup loops, ChannelGroup clients, Channel listening) {
        this.manager = manager;
        this.loops = loops;
        this.clients = clients;
        this.listening = listening;
        for (EventExecutor loop : loops) {
            loop.terminationFuture().addListener(ended -> loopEnded());
        }
    }

    /** A loop that ends before {@link #stop} has died, and the clients that it had or gets wait for ever. */
    private void loopEnded() {
        if (!stopping) {
            loopDied.complete(null);
        }
    }

    /** Completes when an event loop has died. The server can't serve all its clients any more. */
    CompletionStage<@Nullable Void> loopDied() {
        return loopDied;
    }

    /**
     * Starts a server.
     *
     * @param manager owned by the server from now on, even if the start fails
     * @param address port 0 picks a free port
     * @throws IOException if the server can't listen there
     */
    public static WebServer start(FcgiProcessManager manager, InetSocketAddress address) throws IOException {
        return start(manager, address, CLIENT_LIMIT);
    }

    /**
     * Starts a server with another limit for idle clients.
     *
     * @param clientLimit a client that sends or takes no byte for so long, while the server waits for it, is
     *     disconnected; default 60 s
     */
    public static WebServer start(FcgiProcessManager manager, InetSocketAddress address, Duration clientLimit)
            throws IOException {
        Duration spin = manager.settings().eventLoops().spin();
        return start(manager, address, clientLimit, () -> new SpinningSelect(spin));
    }

    /** Starts a server with another way to wait for events; a test can make it fail. */
    static WebServer start(
            FcgiProcessManager manager, InetSocketAddress address, Duration clientLimit, SelectStrategyFactory select)
            throws IOException {
        // The property is for tests, on a system whose best transport is another one.
        EventLoopSettings settings = manager.settings().eventLoops();
        boolean nio = Boolean.getBoolean("fcgid4j.nio");
        Transport transport = nio ? Transport.nio() : Transport.best(select);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(settings.threads(), transport.handlers());
        ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE); // before the first client
        ClientConnections connections = new ClientConnections(manager.settings().clients(), Descriptors.left());
        try {
            Channel listening = new ServerBootstrap()
                    .group(loops)
                    .channel(transport.server())
                    .option(ChannelOption.SO_BACKLOG, 1024)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true) // FastCgiHttpHandler decides what it means
                    // With Netty's default allocator, large bodies cost a fifth to a quarter more CPU time.
                    .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                    .handler(new AcceptFailures(connections))
                    .childHandler(new ClientInitializer(manager, clients, clientLimit, connections))
                    .bind(address)
                    .sync()
                    .channel();
            return new WebServer(manager, loops, clients, listening);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw abandon(manager, loops, new IOException("interrupted while starting", e));
        } catch (Exception e) { // sync() throws the cause unwrapped, checked or not
            throw abandon(
                    manager,
                    loops,
                    new IOException("can't listen on " + Addresses.text(address) + ": " + e.getMessage() + hint(e), e));
        }
    }

    /** Returns what the user can do about a failed bind; empty if the cause is unknown. */
    private static String hint(Exception cause) {
        String why = String.valueOf(cause.getMessage());
        if (why.contains("in use")) {
            return ". Another program listens there: end it, or choose another port (--listen HOST:PORT; 0 picks one)";
        }
        return why.contains("ermission denied") ? ". Choose a port from 1024 on (--listen HOST:PORT)" : "";
    }

    /** Ends what a failed start has begun. Returns the failure, for the caller to throw. */
    private static IOException abandon(FcgiProcessManager manager, EventLoopGroup loops, IOException cause) {
        manager.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        return cause;
    }

    /** Returns the address that the server listens on, with the port that was picked. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /**
     * Stops accepting connections, finishes running requests, and stops all workers. Blocks.
     *
     * @param limit longest time for running requests
     */
    public void stop(Duration limit) {
        stopping = true;
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        listening.close().awaitUninterruptibly(Math.max(1, limit.toMillis()));
        awaitRegistrations(deadlineNanos);
        // Each connection is closed when its response has been sent; a connection without a request at once.
        clients.forEach(WebServer::finish);
        clients.newCloseFuture().awaitUninterruptibly(limit.toMillis());
        manager.shutDown(Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime())));
        clients.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private static void finish(Channel client) {
        try {
            client.pipeline().fireUserEventTriggered(FastCgiHttpHandler.Finish.REQUEST);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: its event loop has ended before: {}", client, e.toString());
        }
    }

    /**
     * Waits until each event loop has run the tasks that it has. A connection that was accepted just before the listening
     * socket was closed may not be registered yet, and only registered connections receive the event that ends them.
     */
    private void awaitRegistrations(long deadlineNanos) {
        for (EventExecutor loop : loops) {
            try {
                loop.submit(() -> {})
                        .awaitUninterruptibly(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("an event loop has ended before: {}", e.toString());
            }
        }
    }

    /** Stops without a wait for running requests. Blocks until all workers are reaped. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    /** Builds the pipeline of each client's connection. Threading: called on the event loop of the connection. */
    private static final class ClientInitializer extends ChannelInitializer<Channel> {
        private final FcgiProcessManager manager;
        private final ChannelGroup group;
        private final Duration limit;
        private final ClientConnections connections;

        ClientInitializer(
                FcgiProcessManager manager, ChannelGroup group, Duration limit, ClientConnections connections) {
            this.manager = manager;
            this.connections = connections;
            this.group = group;
            this.limit = limit;
        }

        @Override
        protected void initChannel(Channel channel) {
            group.add(channel);
            HttpDecoderConfig limits = new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_LINE)
                    .setMaxHeaderSize(MAX_HEADERS)
                    .setMaxChunkSize(MAX_CHUNK);
            ClientSettings settings = manager.settings().clients();
            SlowRequestTimeout slow = new SlowRequestTimeout(settings.readTimeout());
            ChannelPipeline pipeline = channel.pipeline()
                    .addLast(slow)
                    .addLast(new HttpServerCodec(limits, MAX_PIPELINED))
                    .addLast(slow.messages());
            RemoteIp.of(settings).ifPresent(handler -> pipeline.addLast(handler));
            pipeline.addLast(new ConnectionLimit(connections, settings.proxies()))
                    .addLast(new IdleClientTimeout(limit))
                    .addLast(new FastCgiHttpHandler(manager.gateway(), StatusHandler::isStatusPage))
                    .addLast(
                            new StatusHandler(manager::snapshot, manager::health, manager::recycle, manager.blocking()))
                    .addLast(new StaticFileHandler(manager.blocking()));
        }
    }
}
