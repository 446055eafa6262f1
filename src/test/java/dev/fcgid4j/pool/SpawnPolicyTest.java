/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.failure.WorkerStartException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Back-off and spawn score, with a clock that is stepped by hand. */
class SpawnPolicyTest {

    private final WorkerStartException why = new WorkerStartException("it ended at once");

    private long now = TimeUnit.SECONDS.toNanos(1);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void fail(SpawnPolicy policy) {
        policy.failed(now, now, why);
    }

    @ParameterizedTest
    @CsvSource({"1,0", "2,500", "3,1000", "4,2000", "5,4000", "6,8000", "7,16000", "8,30000", "9,30000", "100,30000"})
    void eachFailureInARowDoublesTheWaitUpToHalfAMinute(int failures, long millis) {
        SpawnPolicy policy = new SpawnPolicy(PoolSettings.defaults(), now);
        for (int i = 0; i < failures; i++) {
            pass(Duration.ofMinutes(1));
            fail(policy);
        }

        assertThat(policy.backoff(now)).isEqualTo(Duration.ofMillis(millis));
        assertThat(policy.allows(now)).isEqualTo(millis == 0);
        assertThat(policy.probing()).isTrue();
        assertThat(policy.lastFailure()).isSameAs(why);
        if (millis > 0) {
            assertThat(policy.retryNanos(now)).isEqualTo(now + TimeUnit.MILLISECONDS.toNanos(millis));
            pass(Duration.ofMillis(millis).minusNanos(1));
            assertThat(policy.allows(now)).isFalse();
            pass(Duration.ofNanos(1));
            assertThat(policy.allows(now)).isTrue();
        }
    }

    @Test
    void refusalDuringTheWaitSaysHowLongItLasts() {
        SpawnPolicy policy = new SpawnPolicy(PoolSettings.defaults(), now);
        fail(policy);
        assertThat(policy.refusal(now)).isSameAs(why);
        pass(Duration.ofMinutes(1));
        fail(policy);

        assertThat(policy.refusal(now).retryAfter()).isEqualTo(Duration.ofMillis(500));
        assertThat(policy.refusal(now)).hasMessage(why.getMessage());
    }

    @Test
    void processesThatWereStartedTogetherFailOnce() {
        SpawnPolicy policy = new SpawnPolicy(PoolSettings.defaults(), now);
        long started = now;
        for (int i = 0; i < 8; i++) {
            pass(Duration.ofMillis(10));
            policy.failed(started, now, why);
        }

        assertThat(policy.backingOff(now)).isFalse();
    }

    @Test
    void anAnswerOrAChangeEndsTheWait() {
        SpawnPolicy policy = new SpawnPolicy(PoolSettings.defaults(), now);
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofMinutes(1));
            fail(policy);
        }

        policy.resetFailures();

        assertThat(policy.allows(now)).isTrue();
        assertThat(policy.probing()).isFalse();
        fail(policy);
        assertThat(policy.backoff(now)).isEqualTo(Duration.ZERO);
    }

    @Test
    void scoreRisesWithStartsAndEndsAndFallsWithTime() {
        SpawnPolicy policy = new SpawnPolicy(
                PoolSettings.defaults().toBuilder()
                        .spawnScore(1)
                        .terminationScore(2)
                        .timeScore(1)
                        .spawnScoreUpLimit(10)
                        .build(),
                now);
        for (int i = 0; i < 7; i++) {
            policy.started(now);
        }
        assertThat(policy.allows(now)).isTrue(); // 7
        policy.ended(now);
        assertThat(policy.allows(now)).isTrue(); // 9
        policy.started(now);
        assertThat(policy.allows(now)).isFalse(); // 10

        pass(Duration.ofMillis(999));
        policy.started(now);
        assertThat(policy.allows(now)).isFalse(); // 10.001
        pass(Duration.ofMillis(2));
        assertThat(policy.allows(now)).isTrue(); // 9.999

        pass(Duration.ofHours(1));
        assertThat(policy.allows(now)).isTrue(); // 0, never below
        for (int i = 0; i < 9; i++) {
            policy.started(now);
        }
        assertThat(policy.allows(now)).isTrue();
        policy.started(now);
        assertThat(policy.allows(now)).isFalse();
    }

    @Test
    void withoutALimitTheScoreStopsNoStart() {
        SpawnPolicy policy = new SpawnPolicy(PoolSettings.defaults(), now);
        for (int i = 0; i < 10_000; i++) {
            policy.started(now);
            policy.ended(now);
        }

        assertThat(policy.allows(now)).isTrue();
    }
}
