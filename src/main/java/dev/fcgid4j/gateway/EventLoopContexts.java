/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The {@link EventLoopContext} of each event loop that has served a request.
 *
 * <p>Threading: any thread.
 */
final class EventLoopContexts {

    private final ConcurrentHashMap<EventLoop, EventLoopContext> contexts = new ConcurrentHashMap<>();
    private final Function<EventLoop, EventLoopContext> create;

    EventLoopContexts(Function<EventLoop, EventLoopContext> create) {
        this.create = create;
    }

    /** The context of a loop. */
    EventLoopContext of(EventLoop loop) {
        EventLoopContext known = contexts.get(loop);
        return known != null ? known : contexts.computeIfAbsent(loop, create);
    }

    /** The context of any loop; empty before the first request. */
    Optional<EventLoopContext> any() {
        return contexts.values().stream().findFirst();
    }
}
