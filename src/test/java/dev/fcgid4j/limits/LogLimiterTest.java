/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FakeClock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogLimiterTest {

    private final FakeClock clock = FakeClock.standing(0);
    private final LogLimiter limiter = new LogLimiter(clock);

    @Test
    void subjectGetsOneLineAMinute() {
        assertThat(limiter.permits("a")).isTrue();
        assertThat(limiter.permits("a")).isFalse();
        clock.advance(TimeUnit.SECONDS.toNanos(59));
        assertThat(limiter.permits("a")).isFalse();
        clock.advance(TimeUnit.SECONDS.toNanos(1));
        assertThat(limiter.permits("a")).isTrue();
        assertThat(limiter.permits("a")).isFalse();
    }

    @Test
    void subjectsDoNotShareLines() {
        assertThat(limiter.permits("a")).isTrue();
        assertThat(limiter.permits("b")).isTrue();
    }

    @Test
    void newSubjectsWaitWhileTheTableIsFull() {
        for (int i = 0; i < 1000; i++) {
            assertThat(limiter.permits("subject " + i)).isTrue();
        }
        assertThat(limiter.permits("one more")).isFalse();
        clock.advance(TimeUnit.MINUTES.toNanos(1));
        assertThat(limiter.permits("one more")).isTrue();
    }
}
