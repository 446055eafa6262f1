/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How long a line takes, with a clock that is stepped by hand. */
class LineSpeedTest {

    private final LineSpeed speed = new LineSpeed();

    private static long at(double second) {
        return (long) (second * TimeUnit.SECONDS.toNanos(1));
    }

    /** One request gets a worker at each of these moments, and others wait on. */
    private void move(double from, double to, double interval) {
        speed.observe(true, at(from));
        for (double now = from + interval; now <= to; now += interval) {
            speed.moved();
            speed.observe(true, at(now));
        }
    }

    @Test
    void lineTakesAsLongAsItsRequestsTookSoFar() {
        move(0, 4, 0.5);

        assertThat(speed.timeFor(6, at(4))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void timeWithoutWaitingRequestsDoesNotCount() {
        move(0, 4, 0.5);
        speed.observe(false, at(4));

        assertThat(speed.timeFor(6, at(100))).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void newSpeedReplacesTheOldOne() {
        move(0, 100, 0.5);
        move(100, 130, 2);

        assertThat(speed.timeFor(10, at(130)).toMillis()).isBetween(15_000L, 20_000L);
    }

    @Test
    void nothingIsKnownAtFirst() {
        speed.observe(true, 0);

        assertThat(speed.timeFor(3, at(0.9))).isZero();
    }

    @Test
    void lineThatStandsStillTakesLongerAndLonger() {
        speed.observe(true, 0);

        assertThat(speed.timeFor(3, at(2))).isEqualTo(Duration.ofSeconds(6));
        assertThat(speed.timeFor(3, at(4))).isEqualTo(Duration.ofSeconds(12));
    }
}
