/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.channel.EventLoop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The I/O timeout of all attempts on one event loop: one recurring tick while there are any, instead of a timer for each
 * request.
 *
 * <p>Threading: belongs to its event loop.
 */
final class IoTimeouts {

    private final EventLoop loop;
    private final long limitNanos;
    private final long tickNanos;
    private final Set<Attempt> running = new LinkedHashSet<>();
    private boolean ticking;

    IoTimeouts(EventLoop loop, GatewaySettings settings) {
        this.loop = loop;
        this.limitNanos = settings.ioTimeout().toNanos();
        this.tickNanos =
                Math.min(Math.max(limitNanos / 8, TimeUnit.MILLISECONDS.toNanos(10)), TimeUnit.SECONDS.toNanos(1));
    }

    void add(Attempt attempt) {
        running.add(attempt);
        if (!ticking) {
            ticking = true;
            loop.schedule(this::tick, tickNanos, TimeUnit.NANOSECONDS);
        }
    }

    void remove(Attempt attempt) {
        running.remove(attempt);
    }

    private void tick() {
        long now = System.nanoTime();
        for (Attempt attempt : List.copyOf(running)) {
            attempt.checkTimeout(now, limitNanos);
        }
        ticking = !running.isEmpty();
        if (ticking) {
            loop.schedule(this::tick, tickNanos, TimeUnit.NANOSECONDS);
        }
    }
}
