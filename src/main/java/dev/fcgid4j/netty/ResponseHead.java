/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.cgi.CgiResponse;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the heads of responses. Stateless.
 *
 * <p>Source: RFC 9112 sections 6 and 9.3; RFC 9110 sections 6.6.1 and 8.6.
 */
final class ResponseHead {

    private ResponseHead() {}

    /** Returns whether a message is an interim response, such as 100 Continue. */
    static boolean isInformational(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    // ---- responses of applications --------------------------------------------------------------------------------

    /**
     * A response whose body is complete.
     *
     * @param body owned by the response
     */
    static FullHttpResponse whole(CgiResponse.Document document, ByteBuf body, HttpRequest request) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status(document), body);
        copyFields(document, response.headers());
        if (mayHaveLength(document)) {
            long length = isHead(request) ? document.contentLength().orElse(-1) : body.readableBytes();
            if (length >= 0) {
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
            }
        }
        return response;
    }

    /** The head of a response whose body follows. */
    static HttpResponse begun(CgiResponse.Document document, HttpRequest request) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status(document));
        copyFields(document, response.headers());
        if (mayHaveLength(document)) {
            if (document.contentLength().isPresent()) {
                long length = document.contentLength().getAsLong();
                response.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
            } else if (!isHead(request) && request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
                response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
        }
        return response;
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

    private static void copyFields(CgiResponse.Document document, HttpHeaders into) {
        for (Map.Entry<String, String> field : document.headers().fields()) {
            into.add(field.getKey(), field.getValue());
        }
    }

    // ---- all responses --------------------------------------------------------------------------------------------

    /**
     * Sets Connection and Date, and drops the body of a response to HEAD.
     *
     * @param request the request; null if it could not be read
     * @param keepAlive whether client and server are ready to keep the connection open
     * @return whether the connection stays open after this response
     */
    static boolean complete(HttpResponse response, @Nullable HttpRequest request, boolean keepAlive) {
        boolean toHead = request != null && isHead(request);
        boolean stays = keepAlive && (toHead || isSelfDelimited(response));
        if (!stays) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (request != null && request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        if (!response.headers().contains(HttpHeaderNames.DATE)) {
            response.headers().set(HttpHeaderNames.DATE, HttpDate.now());
        }
        if (toHead && response instanceof FullHttpResponse full) {
            full.content().clear(); // the length stays in its field
        }
        return stays;
    }

    private static boolean isHead(HttpRequest request) {
        return request.method().equals(HttpMethod.HEAD);
    }

    private static boolean isSelfDelimited(HttpResponse response) {
        return response instanceof FullHttpResponse
                || HttpUtil.isContentLengthSet(response)
                || HttpUtil.isTransferEncodingChunked(response)
                || response.status().code() == 304
                || response.status().code() == 204;
    }
}
