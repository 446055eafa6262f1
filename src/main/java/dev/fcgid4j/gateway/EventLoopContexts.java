/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link EventLoopContext} of each event loop that has served a request, until the loop ends.
 *
 * <h2>Loops that die</h2>
 *
 * An error that Netty can't handle, such as an {@link OutOfMemoryError}, ends the thread of an event loop. Nothing more
 * happens to its channels: no response, no timeout. So the workers of its requests are given back here, and the loop is
 * counted, unless all loops of its group end and none has a request: that is an orderly shutdown.
 *
 * <p>Threading: any thread.
 */
final class EventLoopContexts {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoopContexts.class);

    private final ConcurrentHashMap<EventLoop, EventLoopContext> contexts = new ConcurrentHashMap<>();
    private final Function<EventLoop, EventLoopContext> create;
    private final AtomicInteger died = new AtomicInteger();

    EventLoopContexts(Function<EventLoop, EventLoopContext> create) {
        this.create = create;
    }

    /** The context of a loop. */
    EventLoopContext of(EventLoop loop) {
        EventLoopContext known = contexts.get(loop);
        return known != null ? known : contexts.computeIfAbsent(loop, this::begin);
    }

    private EventLoopContext begin(EventLoop loop) {
        EventLoopContext context = create.apply(loop);
        try {
            loop.terminationFuture().addListener(ended -> ended(loop, context));
        } catch (UnsupportedOperationException e) {
            LOG.debug("{} can't tell when it ends", loop);
        }
        return context;
    }

    private void ended(EventLoop loop, EventLoopContext context) {
        contexts.remove(loop);
        int requests = context.loopEnded();
        boolean othersGoOn = loop.parent() != null && !loop.parent().isShuttingDown();
        if (requests > 0 || othersGoOn) {
            died.incrementAndGet();
            LOG.error(
                    "an event loop has ended: its {} running requests have failed, their processes are stopped, and it"
                            + " serves no client any more; see the log for the cause, and restart the server",
                    requests);
        }
    }

    /** How many loops have died. */
    int died() {
        return died.get();
    }

    /** The context of any loop; empty before the first request. */
    Optional<EventLoopContext> any() {
        return contexts.values().stream().findFirst();
    }
}
