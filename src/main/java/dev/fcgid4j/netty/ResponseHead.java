/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** What every response has to say of its connection, whoever made it. Stateless. */
final class ResponseHead {

    private ResponseHead() {}

    /** Whether it is only a word in between, such as 100 Continue. */
    static boolean isInformational(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    /**
     * Settles Connection, Date and the body of a HEAD.
     *
     * @param head the request; none when it could not be read
     * @param keepAlive whether the connection may stay, as far as client and server go
     * @return whether it stays
     */
    static boolean settle(HttpResponse response, @Nullable HttpRequest head, boolean keepAlive) {
        boolean toHead = head != null && head.method().equals(HttpMethod.HEAD);
        boolean stays = keepAlive && (toHead || isSelfDelimited(response));
        if (!stays) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (head != null && head.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
        if (!response.headers().contains(HttpHeaderNames.DATE)) {
            response.headers().set(HttpHeaderNames.DATE, HttpDate.now());
        }
        if (toHead && response instanceof FullHttpResponse full) {
            full.content().clear(); // the length stays in the header
        }
        return stays;
    }

    private static boolean isSelfDelimited(HttpResponse response) {
        return response instanceof FullHttpResponse
                || HttpUtil.isContentLengthSet(response)
                || HttpUtil.isTransferEncodingChunked(response)
                || response.status().code() == 304
                || response.status().code() == 204;
    }
}
