/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.FcgiProcessManager;
import dev.fcgid4j.netty.FastCgiHttpHandler;
import dev.fcgid4j.testkit.Interpreters;
import dev.fcgid4j.testkit.TestSite;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An embedder's event loop that is busy with something else at the wrong moment. */
class LateLoopIT {

    private static final Path SOURCES = Path.of("src/test/workers");

    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(20); // more than anything is put off for

    @TempDir
    private Path root;

    private volatile boolean isLate;

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("in time: %s", what).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /**
     * The kernel isn't asked when something is to be done right now; so what was to be done later is, when the loop comes
     * to this point too late, before anything that has arrived.
     */
    private int lateOnce(IntSupplier selectNow, boolean hasTasks) throws Exception {
        if (hasTasks) {
            return selectNow.get();
        }
        if (isLate) {
            isLate = false;
            pass(LATE_NANOS);
        }
        return SelectStrategy.SELECT;
    }

    private static void pass(long nanos) {
        long since = System.nanoTime();
        await("time passes", () -> System.nanoTime() - since > nanos);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestThatWasReadIsNotRunAgainWhenTheProcessIsReapedBeforeItsConnectionIsLookedAt(boolean epoll)
            throws Exception {
        Assumptions.assumeTrue(!epoll || Epoll.isAvailable(), "this host has no epoll");
        Interpreters.required("perl");
        String core = Files.readString(SOURCES.resolve("core.pl"));
        TestSite.script(
                root.resolve("odd.fcgi"),
                Files.readString(SOURCES.resolve("odd.pl")) + core.substring(core.indexOf("# ---- FastCGI")));
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, epoll ? EpollIoHandler.newFactory(0, () -> this::lateOnce) : NioIoHandler.newFactory());
        SingleThreadEventExecutor loop = (SingleThreadEventExecutor) loops.next();
        try (FcgiProcessManager manager = FcgiProcessManager.builder()
                .documentRoot(root)
                .directives("FcgidMaxProcessesPerClass 1")
                .start()) {
            CompletableFuture<HttpResponse<String>> response = post(listen(manager, loops, epoll));
            await("it runs", () -> Files.exists(root.resolve("runs")));

            Future<?> busy = loop.submit(() -> {
                Files.createFile(root.resolve("go-on"));
                await("the process is reaped and the loop has the notice", () -> loop.pendingTasks() > 0);
                pass(LATE_NANOS);
                isLate = true;
                return true;
            });
            busy.get(60, TimeUnit.SECONDS);

            assertThat(response.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(502);
            assertThat(Files.readAllLines(root.resolve("runs"))).hasSize(1);
        } finally {
            loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
        }
    }

    private static Channel listen(FcgiProcessManager manager, MultiThreadIoEventLoopGroup loops, boolean epoll)
            throws Exception {
        return new ServerBootstrap()
                .group(loops)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(), new FastCgiHttpHandler(manager.gateway()));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    private static CompletableFuture<HttpResponse<String>> post(Channel listening) {
        int port = ((InetSocketAddress) listening.localAddress()).getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/odd.fcgi?op=vanish"))
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString("once"))
                .build();
        return HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
