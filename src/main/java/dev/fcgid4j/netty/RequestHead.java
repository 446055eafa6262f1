/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.gateway.HttpAdapter;
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
 * Reads the head of a request: whether it can be served at all, and what the gateway needs of it. Stateless.
 *
 * <p>Source: RFC 9112 sections 2.3 and 6; RFC 9110 section 10.1.1.
 */
final class RequestHead {

    private RequestHead() {}

    /**
     * The status that refuses the request and ends the connection, because its version or the end of its body is unclear; 0
     * if neither is. What the request is for is checked by the {@link dev.fcgid4j.gateway.ClientRequest}.
     */
    static int refusal(HttpRequest head) {
        HttpVersion version = head.protocolVersion();
        if (version.majorVersion() != 1) {
            return 505;
        }
        return transferRefusal(head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING), version);
    }

    /**
     * A request body whose last coding is not chunked has no end that both sides agree on. Other codings before it can't be
     * undone here.
     */
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

    /** What the client waits for. HTTP/1.0 has no expectations, so a field in such a request is ignored. */
    static HttpAdapter.Expectation expectation(HttpRequest head) {
        HttpHeaders headers = head.headers();
        if (!headers.contains(HttpHeaderNames.EXPECT) || head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0) {
            return HttpAdapter.Expectation.NONE;
        }
        return HttpUtil.is100ContinueExpected(head)
                ? HttpAdapter.Expectation.CONTINUE
                : HttpAdapter.Expectation.UNKNOWN;
    }

    /** The announced length of the body; 0 for a request without a body; -1 for a body in chunks. */
    static long announcedLength(HttpRequest head) {
        return HttpUtil.isTransferEncodingChunked(head) ? -1 : HttpUtil.getContentLength(head, 0L);
    }

    /**
     * The request as CGI sees it.
     *
     * @param bodyLength bytes of the complete body
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
                head instanceof RelayedRequest relayed
                        ? relayed.client()
                        : address(ctx.channel().remoteAddress()),
                address(ctx.channel().localAddress()),
                bodyLength > 0 || announced ? bodyLength : -1);
    }

    private static InetSocketAddress address(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet : InetSocketAddress.createUnresolved("localhost", 0);
    }
}
