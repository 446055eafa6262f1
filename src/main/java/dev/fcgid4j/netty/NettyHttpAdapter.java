/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.cgi.TargetUri;
import dev.fcgid4j.gateway.ClientRequest;
import dev.fcgid4j.gateway.FailureResponse;
import dev.fcgid4j.gateway.FastCgiGateway;
import dev.fcgid4j.gateway.HttpAdapter;
import dev.fcgid4j.mapping.Resolution;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request on a Netty channel: reads its head for the gateway, and writes its response as HTTP messages.
 *
 * <p>The head of a response waits until the application pauses or ends, so that a short response is written as one message
 * with its length.
 *
 * <p>Threading: belongs to the channel's event loop.
 */
final class NettyHttpAdapter implements HttpAdapter {

    private final ClientConnection connection;
    private final ChannelHandlerContext ctx;
    private final HttpRequest head;
    private final ClientRequest request;
    private CgiResponse.@Nullable Document waitingHead;
    private @Nullable ByteBuf waitingBody;
    private boolean headWritten;

    NettyHttpAdapter(ClientConnection connection, ChannelHandlerContext ctx, FastCgiGateway gateway, HttpRequest head) {
        this.connection = requireNonNull(connection, "connection");
        this.ctx = requireNonNull(ctx, "ctx");
        this.head = requireNonNull(head, "head");
        this.request = new ClientRequest(gateway, ctx.channel().eventLoop(), ctx.alloc(), this);
    }

    /** The head of the request. */
    HttpRequest head() {
        return head;
    }

    /** The request as the gateway conducts it. */
    ClientRequest request() {
        return request;
    }

    /** The client has disconnected, or the request was refused: releases everything. Twice is harmless. */
    void cancel() {
        request.cancel();
        releaseBody();
    }

    // ---- the request ----------------------------------------------------------------------------------------------

    @Override
    public String method() {
        return head.method().name();
    }

    @Override
    public String target() {
        return head.uri();
    }

    @Override
    public String protocol() {
        return head.protocolVersion().text();
    }

    @Override
    public List<String> hosts() {
        return head.headers().getAll(HttpHeaderNames.HOST);
    }

    @Override
    public long announcedLength() {
        return RequestHead.announcedLength(head);
    }

    @Override
    public Expectation expectation() {
        return RequestHead.expectation(head);
    }

    @Override
    public CgiRequest cgiRequest(long bodyLength) {
        return RequestHead.cgi(ctx, head, bodyLength);
    }

    @Override
    public void sendContinue() {
        ctx.writeAndFlush(
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }

    @Override
    public void bodyWanted() {
        connection.serveHeld(ctx);
    }

    // ---- answers without an application ---------------------------------------------------------------------------

    @Override
    public void refuse(int status) {
        connection.refuse(ctx, status);
    }

    @Override
    public void passOn(String method, String target, Resolution resolution) {
        setTarget(target);
        if (!head.method().name().equals(method)) {
            head.setMethod(HttpMethod.valueOf(method));
        }
        ctx.fireChannelRead(new ResolvedRequest(head, resolution));
    }

    /** Makes the head that of a request in origin form, for handlers that know no other. */
    private void setTarget(String target) {
        String host = TargetUri.host(head.uri());
        if (!host.isEmpty()) {
            head.headers().set(HttpHeaderNames.HOST, host);
        }
        head.setUri(target);
    }

    private void passOn(CgiResponse.SendFile file) {
        setTarget(request.target());
        if (!head.method().equals(HttpMethod.HEAD)) {
            head.setMethod(HttpMethod.GET); // the method was for the application
        }
        ctx.fireChannelRead(new ResolvedRequest(head, new Resolution.StaticFile(file.file()), Optional.of(file)));
    }

    // ---- the application's response -------------------------------------------------------------------------------

    @Override
    public void head(CgiResponse response) {
        if (response instanceof CgiResponse.Document document) {
            waitingHead = document;
        } else if (response instanceof CgiResponse.SendFile file) {
            passOn(file);
        } else {
            throw new IllegalArgumentException("an adapter gets no " + response);
        }
    }

    @Override
    public void body(ByteBuf content) {
        if (!headWritten && waitingBody == null) {
            waitingBody = content;
            return;
        }
        writeHead();
        write(new DefaultHttpContent(content));
    }

    @Override
    public void flush() {
        writeHead();
        ctx.flush();
    }

    @Override
    public void end() {
        CgiResponse.Document document = waitingHead;
        if (headWritten) {
            write(LastHttpContent.EMPTY_LAST_CONTENT);
        } else if (document != null) {
            headWritten = true;
            ByteBuf body = waitingBody;
            waitingBody = null;
            write(ResponseHead.whole(document, body == null ? Unpooled.EMPTY_BUFFER : body, head));
        }
        ctx.flush();
    }

    @Override
    public void cut() {
        releaseBody();
        if (headWritten) {
            ctx.close(); // without an end of chunks or with fewer bytes than promised: the client can tell
        } else {
            writeError(502, 0);
        }
    }

    @Override
    public void fail(FailureResponse failure) {
        writeError(failure.status(), failure.retryAfterSeconds());
    }

    @Override
    public boolean writable() {
        return ctx.channel().isWritable();
    }

    private void releaseBody() {
        ByteBuf body = waitingBody;
        waitingBody = null;
        if (body != null) {
            body.release();
        }
    }

    private void writeHead() {
        CgiResponse.Document document = waitingHead;
        if (headWritten || document == null) {
            return;
        }
        headWritten = true;
        write(ResponseHead.begun(document, head));
        ByteBuf body = waitingBody;
        waitingBody = null;
        if (body != null) {
            write(new DefaultHttpContent(body));
        }
    }

    private void writeError(int status, int retryAfterSeconds) {
        FullHttpResponse response = ErrorPage.of(status);
        if (retryAfterSeconds > 0) {
            response.headers().setInt(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
        }
        write(response);
        ctx.flush();
    }

    /** Writes through the connection, which notes the end of the response. */
    private void write(Object message) {
        connection.write(ctx, message, ctx.newPromise());
    }
}
