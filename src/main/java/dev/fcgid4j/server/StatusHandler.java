/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.netty.ErrorPage;
import dev.fcgid4j.netty.ResolvedRequest;
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
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Answers {@value #PATH}, for clients on the same machine only: by their address, by the name they ask for, and not
 * through a proxy that says so.
 *
 * <p>Threading: the snapshot is taken by the blocking executor, because it reads each worker's memory.
 */
final class StatusHandler extends SimpleChannelInboundHandler<ResolvedRequest> {

    static final String PATH = "/fcgid-status";

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final List<String> FORWARDED = List.of("forwarded", "x-forwarded-for", "via");

    private final Supplier<PoolSnapshot> snapshot;
    private final Predicate<String> recycle;
    private final Executor blocking;

    /**
     * Creates one for one channel.
     *
     * @param recycle replaces the workers of the class with this name; false when there is none
     */
    StatusHandler(Supplier<PoolSnapshot> snapshot, Predicate<String> recycle, Executor blocking) {
        super(ResolvedRequest.class, false);
        this.snapshot = snapshot;
        this.recycle = recycle;
        this.blocking = blocking;
    }

    static boolean isAsked(String target) {
        return target.equals(PATH) || target.startsWith(PATH + "?");
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ResolvedRequest asked) {
        if (!isAsked(asked.request().uri())) {
            ctx.fireChannelRead(asked);
        } else if (!isLocal(ctx) || !isDirect(asked.request().headers())) {
            ctx.writeAndFlush(ErrorPage.of(403));
        } else {
            answer(ctx, asked.request());
        }
    }

    private void answer(ChannelHandlerContext ctx, HttpRequest request) {
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.POST)) {
            ctx.writeAndFlush(recycled(request));
        } else if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
            show(ctx);
        } else {
            FullHttpResponse response = ErrorPage.of(405);
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD, POST");
            ctx.writeAndFlush(response);
        }
    }

    private void show(ChannelHandlerContext ctx) {
        try {
            blocking.execute(() -> {
                FullHttpResponse response = page(StatusPage.html(snapshot.get()));
                ctx.channel().eventLoop().execute(() -> ctx.writeAndFlush(response));
            });
        } catch (RejectedExecutionException e) {
            ctx.writeAndFlush(ErrorPage.of(503)); // shutting down
        }
    }

    /** {@code POST /fcgid-status?recycle=NAME} replaces the workers of a class. */
    private HttpResponse recycled(HttpRequest request) {
        // A page of another site must not be able to do it through the browser of somebody on this machine.
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

    private static boolean isLocal(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress remote
                && remote.getAddress() != null
                && remote.getAddress().isLoopbackAddress();
    }

    /**
     * Whether the client itself is there, and means this machine: no proxy speaks for somebody else, and no page of
     * another site has had its name resolve to this address (DNS rebinding), because the name is that of the machine.
     */
    private static boolean isDirect(HttpHeaders headers) {
        String host = headers.get(HttpHeaderNames.HOST, "").toLowerCase(Locale.ROOT);
        return LOOPBACK_NAMES.contains(host.replaceFirst(":\\d*$", ""))
                && FORWARDED.stream().noneMatch(headers::contains);
    }

    private static FullHttpResponse page(String html) {
        ByteBuf content = Unpooled.copiedBuffer(html, StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, content);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
        return response;
    }
}
