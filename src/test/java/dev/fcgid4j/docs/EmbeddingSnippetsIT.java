/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.FcgiProcessManager;
import dev.fcgid4j.FcgiSettings;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.netty.FastCgiHttpHandler;
import dev.fcgid4j.netty.ResolvedRequest;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.server.WebServer;
import dev.fcgid4j.testkit.TestApplication;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java code of README.md and docs/embedding.md. */
class EmbeddingSnippetsIT {

    @TempDir
    private Path site;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @BeforeEach
    void install() throws Exception {
        TestApplication.PERL_CORE.install(site);
    }

    @AfterEach
    void endLoops() {
        loops.shutdownGracefully(0, 30, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    // region other-requests
    /** Receives the requests that no application answers. */
    static final class OtherRequests extends SimpleChannelInboundHandler<ResolvedRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ResolvedRequest request) {
            int status = request.resolution() instanceof Resolution.Refused refused ? refused.status() : 404;
            var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            ctx.writeAndFlush(response);
        }
    }
    // endregion

    @Test
    void pipelineAnswersScriptsAndPassesOnTheRest() throws Exception {
        // region server
        FcgiProcessManager fcgi = FcgiProcessManager.builder()
                .documentRoot(site)
                .maxProcessesPerClass(8)
                .start();

        ServerBootstrap http = new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new FastCgiHttpHandler(fcgi.gateway()))
                                .addLast(new OtherRequests());
                    }
                });
        // endregion
        Channel listening = http.bind("127.0.0.1", 0).sync().channel();

        assertThat(get(listening, "/core-pl.fcgi/one?op=path").body()).contains("/one");
        assertThat(get(listening, "/missing.txt").statusCode()).isEqualTo(404);

        // region shut-down
        listening.close().awaitUninterruptibly(); // accept no client any more
        fcgi.shutDown(Duration.ofSeconds(30)); // finish running requests, then stop every worker
        // endregion
        assertThat(fcgi.snapshot().processes()).isZero();
    }

    @Test
    void handlerLeavesTargetsToTheNextOneAndTakesManyPipelinedRequests() throws Exception {
        try (FcgiProcessManager fcgi =
                FcgiProcessManager.builder().documentRoot(site).start()) {
            Channel listening = new ServerBootstrap()
                    .group(loops)
                    .channel(EpollServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            // region options
                            channel.pipeline()
                                    .addLast(new HttpServerCodec(new HttpDecoderConfig(), 8192))
                                    .addLast(new FastCgiHttpHandler(
                                            fcgi.gateway(), target -> target.startsWith("/admin")))
                                    .addLast(new OtherRequests());
                            // endregion
                        }
                    })
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();

            assertThat(get(listening, "/core-pl.fcgi?op=path").statusCode()).isEqualTo(200);
            assertThat(get(listening, "/admin/core-pl.fcgi").statusCode()).isEqualTo(404);
            listening.close().awaitUninterruptibly();
        }
    }

    @Test
    void listenerReceivesWhatHappensInThePool() throws Exception {
        BlockingQueue<String> started = new LinkedBlockingQueue<>();
        // region listener
        FcgiProcessManager.Builder builder = FcgiProcessManager.builder()
                .documentRoot(site)
                .listener(event -> {
                    if (event instanceof FcgiEvent.WorkerStarted worker) {
                        started.add(worker.processClass());
                    }
                });
        // endregion
        try (WebServer server =
                WebServer.start(builder.start(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            get(server.address(), "/core-pl.fcgi?op=path");

            assertThat(started.poll(30, TimeUnit.SECONDS)).isEqualTo("/core-pl.fcgi");
        }
    }

    @Test
    void classIsReplacedByName() throws Exception {
        try (FcgiProcessManager fcgi =
                FcgiProcessManager.builder().documentRoot(site).start()) {
            // region recycle
            boolean known = fcgi.recycle("/app.fcgi"); // false: no process class has this name
            // endregion
            assertThat(known).isFalse();
        }
    }

    @Test
    void settingsComeFromJavaAndFromText() throws Exception {
        Path file = Files.writeString(site.resolve("site.conf"), "FcgidIdleTimeout 90");
        // region settings
        FcgiSettings settings = FcgiSettings.builder()
                .documentRoot(site)
                .maxProcessesPerClass(8) // the same as .directives("FcgidMaxProcessesPerClass 8")
                .idleTimeout(Duration.ofMinutes(1))
                .config(file) // directives in Apache's syntax
                .build();

        FcgiProcessManager fcgi =
                FcgiProcessManager.builder().settings(settings).start();
        // endregion
        fcgi.close();
        assertThat(fcgi.settings().limits().maxProcesses()).isEqualTo(8);
        assertThat(fcgi.settings().limits().idleTimeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void mistakeNamesFileLineAndWhatWasExpected() {
        // region mistake
        FcgiProcessManager.Builder builder = FcgiProcessManager.builder().documentRoot(site);

        assertThatThrownBy(() -> builder.directives("FcgidMaxProcesses many", "site.conf"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("site.conf:1: FcgidMaxProcesses: expected a whole number from 1 to 100000, found many");
        assertThatThrownBy(() -> builder.maxProcesses(0))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("FcgidMaxProcesses: expected a whole number from 1 to 100000, found 0");
        // endregion
    }

    private static HttpResponse<String> get(Channel listening, String path) throws Exception {
        return get((InetSocketAddress) listening.localAddress(), path);
    }

    private static HttpResponse<String> get(InetSocketAddress address, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + address.getPort() + path))
                                .timeout(Duration.ofSeconds(60))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
