/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;

/** A {@link FakeClock} as an event loop reads it, so that the loop's timers follow the clock that a test moves. */
public record FakeTicker(FakeClock clock) implements Ticker {

    @Override
    public long initialNanoTime() {
        return 0;
    }

    @Override
    public long nanoTime() {
        return clock.nowNanos();
    }

    @Override
    public void sleep(long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("the test moves the clock");
    }
}
