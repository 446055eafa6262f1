/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How an event loop waits: it looks for events for a moment before it sleeps, and never keeps its processor for long when
 * others want it.
 *
 * <p>To wake a sleeping thread takes longer than to serve a small request, and a request waits for that twice. So the loop
 * looks again and again for a moment ({@code EventLoopSpin}). After a moment in vain the next ones are left out, twice as
 * many each time; so a loop that has little to do sleeps.
 *
 * <p>A loop that always finds events never sleeps, and a worker that was woken behind it, without the right to interrupt it
 * ({@code FcgidBatchScheduling}), would wait until its time slice is over, some milliseconds. So it offers its processor
 * twice a millisecond; when nobody wants it, that costs a third of a microsecond.
 *
 * <p>Threading: belongs to one event loop.
 */
final class SpinningSelect implements SelectStrategy {

    private static final long OFFER_NANOS = 500_000;
    private static final int MOST_LEFT_OUT = 256;

    private final long spinNanos;
    private final LongSupplier nanoTime;
    private final Runnable yield;
    private long offeredNanos;
    private int toLeaveOut;
    private int leftOut;

    SpinningSelect(Duration spin) {
        this(spin, System::nanoTime, SpinningSelect::yieldProcessor);
    }

    /**
     * Creates one.
     *
     * @param spin how long it looks; zero for not at all; what other threads submit meanwhile waits so long
     * @param nanoTime the clock
     * @param yield offers the processor
     */
    SpinningSelect(Duration spin, LongSupplier nanoTime, Runnable yield) {
        this.spinNanos = spin.toNanos();
        this.nanoTime = nanoTime;
        this.yield = yield;
        this.offeredNanos = nanoTime.getAsLong();
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        long now = nanoTime.getAsLong();
        if (now - offeredNanos > OFFER_NANOS) {
            offer(now);
        }
        if (hasTasks) {
            return selectNow.get();
        }
        if (spinNanos == 0 || leftOut < toLeaveOut) {
            leftOut++;
            offeredNanos = now; // it is about to sleep
            return SELECT;
        }
        return spin(selectNow, now + spinNanos);
    }

    private int spin(IntSupplier selectNow, long endNanos) throws Exception {
        long now;
        do {
            int ready = selectNow.get();
            if (ready > 0) {
                toLeaveOut = 0;
                return ready;
            }
            now = nanoTime.getAsLong();
            offer(now);
        } while (now - endNanos < 0);
        leftOut = 0;
        toLeaveOut = Math.min(MOST_LEFT_OUT, 2 * toLeaveOut + 1);
        return SELECT;
    }

    private void offer(long nowNanos) {
        offeredNanos = nowNanos;
        yield.run();
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on who takes it
    private static void yieldProcessor() {
        Thread.yield();
    }
}
