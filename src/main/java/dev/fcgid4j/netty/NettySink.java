/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.failure.FailureKind;
import dev.fcgid4j.gateway.FailureResponse;
import dev.fcgid4j.gateway.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One response on its way to an HTTP client. The head is held back until the application pauses or ends, so that a short
 * response is written as one piece with its length.
 *
 * <p>Threading: belongs to the HTTP channel's event loop.
 */
final class NettySink implements ResponseSink {

    private static final Logger LOG = LoggerFactory.getLogger(FastCgiHttpHandler.class);

    /** Who serves the request that this is the response to. */
    interface Listener {

        /** A part of the response is to be written; takes ownership. */
        void write(Object part);

        /** Another path is to be answered instead. */
        void redirected(String target);

        /** A file is to be sent instead. */
        void sent(CgiResponse.SendFile file);
    }

    private final ChannelHandlerContext ctx;
    private final HttpRequest request;
    private final Listener listener;
    private final boolean headRequest;
    private CgiResponse.@Nullable Document head;
    private @Nullable ByteBuf firstBody;
    private boolean headSent;

    NettySink(ChannelHandlerContext ctx, HttpRequest request, Listener listener) {
        this.ctx = ctx;
        this.request = request;
        this.listener = listener;
        this.headRequest = request.method().name().equals("HEAD");
    }

    @Override
    public void head(CgiResponse response) {
        if (response instanceof CgiResponse.Document document) {
            head = document;
        } else if (response instanceof CgiResponse.LocalRedirect redirect) {
            listener.redirected(redirect.target());
        } else if (response instanceof CgiResponse.SendFile file) {
            listener.sent(file);
        }
    }

    @Override
    public void body(ByteBuf content) {
        if (!headSent && firstBody == null) {
            firstBody = content;
            return;
        }
        sendHead(false);
        listener.write(new DefaultHttpContent(content));
    }

    @Override
    public void flush() {
        sendHead(false);
        ctx.flush();
    }

    @Override
    public void end() {
        if (headSent) {
            listener.write(LastHttpContent.EMPTY_LAST_CONTENT);
            ctx.flush();
        } else {
            sendHead(true);
            ctx.flush();
        }
    }

    @Override
    public void cut() {
        releaseFirst();
        if (headSent) {
            ctx.close(); // no end of chunks, no promised length: the client can tell
        } else {
            head = null;
            error(502, 0);
        }
    }

    @Override
    public void fail(FailureResponse failure) {
        // The pool has told of each failed start, once; the requests that it refuses meanwhile say nothing new.
        boolean told = failure.cause().kind() == FailureKind.WORKER_START;
        LOG.atLevel(told ? Level.DEBUG : Level.WARN)
                .log(
                        "{} {} is answered {}: {}",
                        request.method(),
                        path(),
                        failure.status(),
                        failure.cause().getMessage());
        error(failure.status(), failure.retryAfterSeconds());
    }

    @Override
    public boolean writable() {
        return ctx.channel().isWritable();
    }

    /** Frees what was held back, when the client is gone. */
    void discard() {
        releaseFirst();
    }

    private void error(int status, int retryAfterSeconds) {
        FullHttpResponse response = ErrorPage.of(status);
        if (retryAfterSeconds > 0) {
            response.headers().setInt(HttpHeaderNames.RETRY_AFTER, retryAfterSeconds);
        }
        listener.write(response);
        ctx.flush();
    }

    private String path() {
        String target = request.uri();
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query); // a query may hold secrets
    }

    private void releaseFirst() {
        ByteBuf held = firstBody;
        firstBody = null;
        if (held != null) {
            held.release();
        }
    }

    private void sendHead(boolean complete) {
        CgiResponse.Document document = head;
        if (headSent || document == null) {
            return;
        }
        headSent = true;
        ByteBuf first = firstBody;
        firstBody = null;
        if (complete) {
            ByteBuf content = first == null ? Unpooled.EMPTY_BUFFER : first;
            FullHttpResponse whole = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status(document), content);
            fill(whole, document);
            if (mayHaveLength(document)) {
                long length = headRequest ? document.contentLength().orElse(-1) : content.readableBytes();
                if (length >= 0) {
                    whole.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
                }
            }
            listener.write(whole);
            return;
        }
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status(document));
        fill(response, document);
        if (mayHaveLength(document)) {
            if (document.contentLength().isPresent()) {
                response.headers()
                        .set(
                                HttpHeaderNames.CONTENT_LENGTH,
                                document.contentLength().getAsLong());
            } else if (!headRequest && request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
                response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
        }
        listener.write(response);
        if (first != null) {
            listener.write(new DefaultHttpContent(first));
        }
    }

    private static boolean mayHaveLength(CgiResponse.Document document) {
        return document.status() != 204 && document.status() != 304;
    }

    private static HttpResponseStatus status(CgiResponse.Document document) {
        HttpResponseStatus known = HttpResponseStatus.valueOf(document.status());
        return document.reason().isEmpty() || document.reason().equals(known.reasonPhrase())
                ? known
                : new HttpResponseStatus(document.status(), document.reason());
    }

    private static void fill(HttpResponse response, CgiResponse.Document document) {
        HttpHeaders headers = response.headers();
        for (Map.Entry<String, String> field : document.headers().fields()) {
            headers.add(field.getKey(), field.getValue());
        }
    }
}
