/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {

    private static final long QUIET = 1000;
    private static final long NOW = Long.MAX_VALUE - 10; // the clock may overflow

    private final RetryPolicy policy = new RetryPolicy(true, true);

    @ParameterizedTest(name = "other workers {0}, idempotent {1}, stopped {2}: unread {3}, lost {4}, half-read {5}")
    @CsvSource({
        // other workers, idempotent, stopped by the pool | unread, lost, half-read
        "true,  true,  false,  true,  true,  true",
        "true,  true,  true,   true,  false, false",
        "true,  false, false,  true,  false, false",
        "true,  false, true,   true,  false, false",
        "false, true,  false,  false, false, false",
        "false, true,  true,   false, false, false",
        "false, false, false,  false, false, false",
        "false, false, true,   false, false, false"
    })
    void firstRepetitionDependsOnTheRequestAndOnWhatEndedTheAttempt(
            boolean otherWorkers, boolean idempotent, boolean stopped, boolean unread, boolean lost, boolean halfRead) {
        RetryPolicy fresh = new RetryPolicy(otherWorkers, idempotent);

        assertThat(fresh.repeatUnread()).isEqualTo(unread);
        assertThat(fresh.repeatLost(stopped)).isEqualTo(lost);
        assertThat(fresh.mayWithhold(stopped, NOW)).isEqualTo(halfRead);
    }

    @Test
    void unreadRequestIsRepeatedTwentyTimes() {
        for (int i = 0; i < 20; i++) {
            assertThat(policy.repeatUnread()).isTrue();
        }

        assertThat(policy.repeatUnread()).isFalse();
    }

    @Test
    void lostRequestIsRepeatedTwice() {
        assertThat(policy.repeatLost(false)).isTrue();
        assertThat(policy.repeatLost(false)).isTrue();

        assertThat(policy.repeatLost(false)).isFalse();
    }

    @Test
    void lossesAndUnreadRequestsAreCountedApart() {
        for (int i = 0; i < 20; i++) {
            policy.repeatUnread();
        }

        assertThat(policy.repeatLost(false)).isTrue();
    }

    @Test
    void pausesDoubleUpTo64Milliseconds() {
        List<Integer> pauses = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pauses.add(policy.pauseMillis(NOW, QUIET));
        }

        assertThat(pauses).containsExactly(1, 2, 4, 8, 16, 32, 64, 64, 64);
    }

    @Test
    void timeIsLeftUntilTheFirstPauseAndForTheQuietTimeAfterIt() {
        assertThat(policy.isTimeLeft(NOW)).isTrue();
        policy.pauseMillis(NOW, QUIET);
        policy.pauseMillis(later(QUIET - 1), QUIET); // a later pause begins no new time

        assertThat(policy.isTimeLeft(later(QUIET - 1))).isTrue();
        assertThat(policy.isTimeLeft(later(QUIET))).isFalse();
    }

    @Test
    void responseStandsWhenTheTimeIsOver() {
        policy.pauseMillis(NOW, QUIET);

        assertThat(policy.mayWithhold(false, later(QUIET - 1))).isTrue();
        assertThat(policy.mayWithhold(false, later(QUIET))).isFalse();
    }

    /** A time after {@link #NOW}, on a clock that overflows. */
    private static long later(long nanos) {
        return NOW + nanos;
    }
}
