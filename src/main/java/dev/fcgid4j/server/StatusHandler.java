/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.limits.BlockingCall;
import dev.fcgid4j.netty.ErrorPage;
import dev.fcgid4j.netty.RelayedRequest;
import dev.fcgid4j.netty.ResolvedRequest;
import dev.fcgid4j.observe.Health;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.status.StatusPage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@value #PATH}, only for clients on the same machine: the client's address is a loopback one, the request names
 * the machine itself, and no proxy has added its field.
 *
 * <p>{@code ?health} is for programs: 200 while everything that serves requests is alive, else 503 with the problems.
 *
 * <p>Threading: one for each channel, on its event loop; the blocking executor takes the snapshot, because that reads each
 * worker's memory from {@code /proc}.
 */
final class StatusHandler extends SimpleChannelInboundHandler<ResolvedRequest> {

    /** The target of the status page. */
    static final String PATH = "/fcgid-status";

    private static final Logger LOG = LoggerFactory.getLogger(StatusHandler.class);

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final List<String> FORWARDED = List.of("forwarded", "x-forwarded-for", "via");

    private final Supplier<PoolSnapshot> snapshot;
    private final Supplier<Health> health;
    private final Predicate<String> recycle;
    private final Executor blocking;

    /**
     * Creates a handler for one channel.
     *
     * @param snapshot takes a snapshot of the pool; blocks
     * @param blocking runs {@code snapshot}; may reject a task during a shutdown
     * @param recycle replaces the workers of the class of this name; returns false if there is none
     */
    StatusHandler(
            Supplier<PoolSnapshot> snapshot, Supplier<Health> health, Predicate<String> recycle, Executor blocking) {
        super(ResolvedRequest.class, false);
        this.health = health;
        this.snapshot = snapshot;
        this.recycle = recycle;
        this.blocking = blocking;
    }

    /** Returns whether a request target is that of the status page. */
    static boolean isStatusPage(String target) {
        return target.equals(PATH) || target.startsWith(PATH + "?");
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ResolvedRequest resolved) {
        if (!isStatusPage(resolved.request().uri())) {
            ctx.fireChannelRead(resolved);
        } else if (!isLocal(ctx, resolved.request())
                || !isDirect(resolved.request().headers())) {
            ctx.writeAndFlush(ErrorPage.of(403));
        } else {
            answer(ctx, resolved.request());
        }
    }

    /** GET and HEAD show the page, POST replaces workers; RFC 9110 requires Allow with a 405. */
    private void answer(ChannelHandlerContext ctx, HttpRequest request) {
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.POST)) {
            ctx.writeAndFlush(recycled(request));
        } else if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            if (request.uri().equals(PATH + "?health")) {
                ctx.writeAndFlush(health(health.get()));
            } else {
                show(ctx);
            }
        } else {
            ctx.writeAndFlush(AllowedMethods.STATUS_PAGE.answerOther(method));
        }
    }

    /** Makes the page on a thread that may block, and sends it on the event loop. */
    private void show(ChannelHandlerContext ctx) {
        BlockingCall.start(
                blocking,
                ctx.channel().eventLoop(),
                () -> page(StatusPage.html(snapshot.get(), health.get())),
                new BlockingCall.Receiver<FullHttpResponse>() {
                    @Override
                    public void done(FullHttpResponse response) {
                        ctx.writeAndFlush(response);
                    }

                    @Override
                    public void failed(Throwable why) {
                        LOG.debug("no status page: {}", why.toString());
                        ctx.writeAndFlush(ErrorPage.of(503)); // shutting down, or the disk does not answer
                    }
                });
    }

    /**
     * Answers {@code POST /fcgid-status?recycle=NAME}, which replaces the workers of a class: with 303 to the page, 400 without
     * a name, 403 for a page of another site, 404 for an unknown class.
     */
    private HttpResponse recycled(HttpRequest request) {
        // A page of another site must not be able to do this through a browser on this machine.
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
            return ErrorPage.of(403);
        }
        List<String> names = new QueryStringDecoder(request.uri()).parameters().getOrDefault("recycle", List.of());
        if (names.size() != 1) {
            return ErrorPage.of(400);
        }
        if (!recycle.test(names.get(0))) {
            return ErrorPage.of(404);
        }
        FullHttpResponse response = ErrorPage.of(303);
        response.headers().set(HttpHeaderNames.LOCATION, PATH);
        return response;
    }

    /** Returns whether the connection comes from this machine. */
    private static boolean isLocal(ChannelHandlerContext ctx, HttpRequest request) {
        return !(request instanceof RelayedRequest)
                && ctx.channel().remoteAddress() instanceof InetSocketAddress remote
                && remote.getAddress() != null
                && remote.getAddress().isLoopbackAddress();
    }

    /**
     * Returns whether the client itself runs on this machine and asks for it by name. So no proxy passes on the request of
     * another client, and no page of another site has made its own name resolve to this address (DNS rebinding).
     */
    private static boolean isDirect(HttpHeaders headers) {
        String host = headers.get(HttpHeaderNames.HOST, "").toLowerCase(Locale.ROOT);
        return LOOPBACK_NAMES.contains(host.replaceFirst(":\\d*$", ""))
                && FORWARDED.stream().noneMatch(headers::contains);
    }

    /** Makes a response that no cache keeps. */
    private static FullHttpResponse page(String html) {
        return response(HttpResponseStatus.OK, "text/html; charset=utf-8", html);
    }

    /** Makes the answer to a health check, for programs: 200, or 503 with a line for each problem. */
    private static FullHttpResponse health(Health health) {
        return response(
                health.isGood() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                "text/plain; charset=utf-8",
                health.isGood() ? "good\n" : String.join("\n", health.problems()) + "\n");
    }

    private static FullHttpResponse response(HttpResponseStatus status, String type, String text) {
        ByteBuf content = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
        return response;
    }
}
