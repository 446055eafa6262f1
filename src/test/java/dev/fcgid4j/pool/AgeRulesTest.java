/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What time does to a worker of a class with at least one process: idle 10 s, life 100 s, busy 20 s, grace 3 s. */
class AgeRulesTest {

    private static final ClassLimits LIMITS = ClassLimits.defaults().toBuilder()
            .minProcesses(1)
            .idleTimeout(Duration.ofSeconds(10))
            .lifeTime(Duration.ofSeconds(100))
            .busyTimeout(Duration.ofSeconds(20))
            .build();
    private static final long START = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(5); // the clock may wrap

    private final AgeRules rules = new AgeRules(LIMITS, Duration.ofSeconds(3));

    private static long at(long second) {
        return START + TimeUnit.SECONDS.toNanos(second);
    }

    /** A worker that was started at second 0 and came into its state later. */
    private static Worker worker(WorkerState state, long since) {
        Worker worker = new Worker(
                new ProcessClass(
                        "/a",
                        new ProcessCommand(List.of("/a"), Map.of(), Path.of("/")),
                        ChangePolicy.strict(List.of(Path.of("/a")))),
                1,
                at(0));
        if (state == WorkerState.BUSY) {
            worker.become(WorkerState.IDLE, at(0));
        }
        if (state != WorkerState.STARTING) {
            worker.become(state, at(since));
        }
        return worker;
    }

    @ParameterizedTest
    @CsvSource({
        // state, since, living, now, reason; the next look
        "IDLE,      0, 2,   9, -,             10",
        "IDLE,      0, 2,  10, IDLE_TIMEOUT,  10",
        "IDLE,      0, 1,  10, -,             70", // FcgidMinProcessesPerClass
        "IDLE,     95, 2,  99, -,            100",
        "IDLE,     95, 2, 100, LIFETIME,     100",
        "IDLE,     95, 1, 100, -,            160",
        "BUSY,      5, 1,  24, -,             25",
        "BUSY,      5, 1,  25, BUSY_TIMEOUT,  25",
        "BUSY,     95, 2, 110, -,            115", // lifetime waits for the end of the request
        "STARTING,  0, 2, 500, -,            560",
        "VERIFYING,  0, 2, 500, -,            560",
        "RETIRING,  5, 2,   8, -,              8"
    })
    void limitIsReachedAndNoSecondEarlier(
            WorkerState state, long since, int living, long now, String reason, long next) {
        Worker worker = worker(state, since);

        assertThat(rules.due(worker, living, at(now)))
                .isEqualTo(reason.equals("-") ? Optional.empty() : Optional.of(RetireReason.valueOf(reason)));
        assertThat(TimeUnit.NANOSECONDS.toSeconds(rules.nextNanos(worker, living, at(now)) - START))
                .isEqualTo(next);
    }

    @ParameterizedTest
    @CsvSource({"2, 99, false", "2, 100, true", "1, 100, false"})
    void oldWorkerServesNoFurtherRequestUnlessItIsOneOfTheFewThatStay(int living, long now, boolean over) {
        assertThat(rules.lifetimeOver(worker(WorkerState.BUSY, 95), living, at(now)))
                .isEqualTo(over);
    }

    @ParameterizedTest
    @CsvSource({"RETIRING, 7, false", "RETIRING, 8, true", "BUSY, 500, false", "IDLE, 500, false"})
    void retiringWorkerIsKilledOnceAfterTheGraceTime(WorkerState state, long now, boolean kill) {
        Worker worker = worker(state, 5);

        assertThat(rules.toBeKilled(worker, at(now))).isEqualTo(kill);
        worker.end().noteKilled();
        assertThat(rules.toBeKilled(worker, at(now))).isFalse();
    }
}
