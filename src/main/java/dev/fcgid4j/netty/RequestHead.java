/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.cgi.CgiRequest;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * What the head of a request says by itself, before anybody knows where it leads. Stateless.
 *
 * <p>Source: RFC 9112 sections 2.3, 3.2 and 6; RFC 9110 section 10.1.1.
 */
final class RequestHead {

    /** What the client waits for before it sends the body. */
    enum Expectation {
        /** It waits for nothing. */
        NONE,
        /** It waits for 100 Continue. */
        CONTINUE,
        /** Something that nobody knows. */
        UNKNOWN
    }

    private RequestHead() {}

    /** The status that refuses the request and ends the connection; 0 when it may be served. */
    static int refusal(HttpRequest head) {
        HttpVersion version = head.protocolVersion();
        if (version.majorVersion() != 1) {
            return 505;
        }
        List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.isEmpty() ? version.minorVersion() > 0 : hosts.size() > 1 || !isHost(hosts.get(0))) {
            return 400;
        }
        return transferRefusal(head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING), version);
    }

    /** Whether a text may be a name or address and a port; what is none of that divides hosts from something else. */
    private static boolean isHost(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 127 || "/?#@,\\\"<>{}|^`".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** A body that doesn't end in chunks has no end that both sides agree on; other codings nobody here can undo. */
    private static int transferRefusal(List<String> codings, HttpVersion version) {
        if (codings.isEmpty()) {
            return 0;
        }
        if (version.minorVersion() == 0) {
            return 400;
        }
        String last = codings.get(codings.size() - 1);
        String coding = last.substring(last.lastIndexOf(',') + 1).strip();
        if (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)) {
            return 400;
        }
        return codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(last.strip()) ? 0 : 501;
    }

    /** What the client expects; HTTP/1.0 knows no expectations, so one from there counts for nothing. */
    static Expectation expectation(HttpRequest head) {
        HttpHeaders headers = head.headers();
        if (!headers.contains(HttpHeaderNames.EXPECT) || head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0) {
            return Expectation.NONE;
        }
        return HttpUtil.is100ContinueExpected(head) ? Expectation.CONTINUE : Expectation.UNKNOWN;
    }

    /** Whether a body follows, or could have followed. */
    static boolean hasBody(HttpRequest head) {
        return HttpUtil.isTransferEncodingChunked(head) || HttpUtil.getContentLength(head, 0L) > 0;
    }

    /**
     * The request as CGI sees it.
     *
     * @param bodyLength bytes of its body, which has been read
     */
    static CgiRequest cgi(ChannelHandlerContext ctx, HttpRequest head, long bodyLength) {
        boolean announced =
                head.headers().contains(HttpHeaderNames.CONTENT_LENGTH) || HttpUtil.isTransferEncodingChunked(head);
        return new CgiRequest(
                head.method().name(),
                head.uri(),
                head.protocolVersion().text(),
                ctx.pipeline().get(SslHandler.class) == null ? "http" : "https",
                head.headers().entries(),
                address(ctx.channel().remoteAddress()),
                address(ctx.channel().localAddress()),
                bodyLength > 0 || announced ? bodyLength : -1);
    }

    private static InetSocketAddress address(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet : InetSocketAddress.createUnresolved("localhost", 0);
    }
}
