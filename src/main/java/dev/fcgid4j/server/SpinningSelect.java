/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The wait strategy of an event loop: it polls for a moment before it sleeps, and regularly yields its processor.
 *
 * <h2>Spinning</h2>
 *
 * <p>Waking a sleeping thread takes longer than serving a small request, and each request waits for two wake-ups. So the
 * loop polls for events for a moment before it sleeps ({@code EventLoopSpin}). After a spin that finds nothing, the next
 * waits sleep at once: one, then three, seven, at most 256. So a loop with little work sleeps.
 *
 * <h2>Yielding</h2>
 *
 * <p>A loop that always finds events never sleeps. A worker that was woken on the same processor must not interrupt the
 * loop ({@code FcgidBatchScheduling}), so it would wait for the end of the time slice, some milliseconds. So the loop
 * yields twice a millisecond. If no other thread wants the processor, that costs a third of a microsecond.
 *
 * <p>Threading: belongs to one event loop. Source: docs/adr/0008-a-loop-looks-before-it-sleeps.md.
 */
final class SpinningSelect implements SelectStrategy {

    private static final long YIELD_INTERVAL_NANOS = 500_000;
    private static final int MAX_SKIPS = 256;

    private final long spinNanos;
    private final LongSupplier nanoTime;
    private final Runnable yield;
    private long yieldedNanos;
    private int skips; // waits without a spin after the last spin in vain
    private int skipped; // of those

    SpinningSelect(Duration spin) {
        this(spin, System::nanoTime, SpinningSelect::yieldProcessor);
    }

    /**
     * Creates a strategy for one event loop.
     *
     * @param spin how long it polls before it sleeps; zero for no polling; tasks of other threads wait for the end of it
     * @param nanoTime the clock
     * @param yield yields the processor
     */
    SpinningSelect(Duration spin, LongSupplier nanoTime, Runnable yield) {
        this.spinNanos = spin.toNanos();
        this.nanoTime = nanoTime;
        this.yield = yield;
        this.yieldedNanos = nanoTime.getAsLong();
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        long now = nanoTime.getAsLong();
        if (now - yieldedNanos > YIELD_INTERVAL_NANOS) {
            yieldAt(now);
        }
        if (hasTasks) {
            return selectNow.get();
        }
        if (spinNanos == 0 || skipped < skips) {
            skipped++;
            yieldedNanos = now; // sleeping yields too
            return SELECT;
        }
        return spin(selectNow, now + spinNanos);
    }

    private int spin(IntSupplier selectNow, long endNanos) throws Exception {
        long now;
        do {
            int ready = selectNow.get();
            if (ready > 0) {
                skips = 0;
                return ready;
            }
            now = nanoTime.getAsLong();
            yieldAt(now);
        } while (now - endNanos < 0);
        skipped = 0;
        skips = Math.min(MAX_SKIPS, 2 * skips + 1);
        return SELECT;
    }

    private void yieldAt(long nowNanos) {
        yieldedNanos = nowNanos;
        yield.run();
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on which thread runs next
    private static void yieldProcessor() {
        Thread.yield();
    }
}
