/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The I/O timeouts of all attempts on one event loop: one recurring tick while there are any, instead of a timer for each
 * request.
 *
 * <p>The tick follows the shortest limit among the running attempts: an eighth of it, at least 10 ms and at most 1 s.
 *
 * <p>Threading: belongs to its event loop.
 */
final class IoTimeouts {

    private static final long SHORTEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final Set<Attempt> running = new LinkedHashSet<>();
    private @Nullable Future<?> tick;
    private long tickNanos;

    IoTimeouts(EventLoop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    void add(Attempt attempt) {
        running.add(attempt);
        long wanted = tickNanos(attempt);
        Future<?> scheduled = tick;
        if (scheduled == null) {
            schedule(wanted);
        } else if (wanted < tickNanos) {
            scheduled.cancel(false);
            schedule(wanted);
        }
    }

    void remove(Attempt attempt) {
        running.remove(attempt);
    }

    private void tick() {
        tick = null;
        long now = nanoTime.getAsLong();
        for (Attempt attempt : List.copyOf(running)) {
            attempt.checkTimeout(now);
        }
        long shortest = LONGEST_TICK_NANOS;
        for (Attempt attempt : running) {
            shortest = Math.min(shortest, tickNanos(attempt));
        }
        if (!running.isEmpty() && tick == null) {
            schedule(shortest);
        }
    }

    private void schedule(long nanos) {
        tickNanos = nanos;
        tick = loop.schedule(this::tick, nanos, TimeUnit.NANOSECONDS);
    }

    private static long tickNanos(Attempt attempt) {
        return Math.min(Math.max(attempt.ioTimeoutNanos() / 8, SHORTEST_TICK_NANOS), LONGEST_TICK_NANOS);
    }
}
