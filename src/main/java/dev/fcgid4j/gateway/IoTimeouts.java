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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The I/O timeouts of all requests on one event loop: one recurring tick instead of a timer for each request. Nothing is
 * scheduled while no request runs.
 *
 * <p>The tick follows the shortest limit among the running requests: an eighth of it, at least 10 ms and at most 1 s.
 *
 * <p>Threading: belongs to its event loop.
 */
final class IoTimeouts {

    private static final Logger LOG = LoggerFactory.getLogger(IoTimeouts.class);
    private static final long SHORTEST_TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Has an I/O timeout. Called on the event loop. */
    interface Timed {

        /** The longest time without progress; more than zero, and always the same (FcgidIOTimeout). */
        long ioTimeoutNanos();

        /** The longest time until the next check; asked anew after each. */
        default long longestTickNanos() {
            return LONGEST_TICK_NANOS;
        }

        /** Looks for progress since the last call, and ends the request if there was none for too long. */
        void checkTimeout(long nowNanos);

        /** The event loop has ended, so nothing more arrives: gives the worker back. Called on another thread. */
        void loopEnded();
    }

    private final EventLoop loop;
    private final LongSupplier nanoTime;
    private final Set<Timed> running = new LinkedHashSet<>();
    private @Nullable Future<?> tick;
    private long tickNanos;

    IoTimeouts(EventLoop loop, LongSupplier nanoTime) {
        this.loop = loop;
        this.nanoTime = nanoTime;
    }

    void add(Timed timed) {
        running.add(timed);
        long wanted = tickNanos(timed);
        Future<?> scheduled = tick;
        if (scheduled == null) {
            schedule(wanted);
        } else if (wanted < tickNanos) {
            scheduled.cancel(false);
            schedule(wanted);
        }
    }

    void remove(Timed timed) {
        running.remove(timed);
    }

    /**
     * The event loop has ended: gives back the workers of all requests on it. Called once, on another thread, after the
     * loop's last task.
     *
     * @return how many requests there were
     */
    int loopEnded() {
        List<Timed> all = List.copyOf(running);
        running.clear();
        for (Timed timed : all) {
            try {
                timed.loopEnded();
            } catch (RuntimeException e) { // the other requests have workers too
                LOG.error("the worker of a request on an event loop that has ended is not given back", e);
            }
        }
        return all.size();
    }

    private void tick() {
        tick = null;
        long now = nanoTime.getAsLong();
        for (Timed timed : List.copyOf(running)) {
            if (running.contains(timed)) { // the end of another request may have ended it
                timed.checkTimeout(now);
            }
        }
        long shortest = LONGEST_TICK_NANOS;
        for (Timed timed : running) {
            shortest = Math.min(shortest, tickNanos(timed));
        }
        if (!running.isEmpty() && tick == null) {
            schedule(shortest);
        }
    }

    private void schedule(long nanos) {
        tickNanos = nanos;
        tick = loop.schedule(this::tick, nanos, TimeUnit.NANOSECONDS);
    }

    private static long tickNanos(Timed timed) {
        return Math.min(Math.max(timed.ioTimeoutNanos() / 8, SHORTEST_TICK_NANOS), timed.longestTickNanos());
    }
}
