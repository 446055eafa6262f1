/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a client that wait until the request before them, or the lookup of their own target, is done. While many wait,
 * the client is not read, so that nothing grows without limit.
 *
 * <p>Ownership: owns each message from {@link #add} until {@link #remove}.
 *
 * <p>Threading: belongs to the channel's event loop.
 */
final class HeldMessages {

    private static final int MAX = 16;

    private final ArrayDeque<Object> messages = new ArrayDeque<>();
    private boolean paused;

    void add(Object message) {
        messages.add(message);
    }

    /** Puts a message before all others. */
    void addFirst(Object message) {
        messages.addFirst(message);
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** The next message; null if there is none. It stays held. */
    @Nullable
    Object peek() {
        return messages.peek();
    }

    /** Takes the next message; the caller owns it. */
    Object remove() {
        return messages.remove();
    }

    /**
     * Whether the client has sent a complete request that is the last one of its connection: it has HTTP/1.0, or {@code
     * Connection: close}.
     *
     * @param serving the request before the held messages; null if there is none
     * @param bodyComplete whether its body has been taken completely
     */
    boolean endWithLastRequest(@Nullable HttpRequest serving, boolean bodyComplete) {
        boolean last = serving != null && !HttpUtil.isKeepAlive(serving);
        boolean complete = serving != null && bodyComplete;
        for (Object message : messages) {
            if (message instanceof HttpRequest head && !last) {
                last = head.decoderResult().isSuccess() && !HttpUtil.isKeepAlive(head);
                complete = false;
            }
            complete |= message instanceof LastHttpContent;
        }
        return last && complete;
    }

    /**
     * Reads from the client, or stops reading.
     *
     * @param congested whether the client must wait for another reason than the held messages
     */
    void adjustReading(ChannelHandlerContext ctx, boolean congested) {
        boolean pause = congested || messages.size() > MAX;
        if (paused != pause) {
            paused = pause;
            ctx.channel().config().setAutoRead(!pause);
        }
    }

    /** Releases all. */
    void release() {
        messages.forEach(ReferenceCountUtil::release);
        messages.clear();
    }
}
