/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ShareGroup;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Retry-After of requests that find the line full, beside the time that the next request in line really waits. */
class RetryAfterTest {

    private static ClassLimits limits(int processes, int queueLength) {
        return ClassLimits.defaults().toBuilder()
                .maxProcesses(processes)
                .queueLength(queueLength)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        // processes, length of the line, requests a second, milliseconds of each
        "1,  50,  40,  100",
        "2, 100,  40,  100",
        "4,  20,   5, 2000",
        "2,  10,   1, 5000",
        "8, 400, 200,   50"
    })
    void timeToComeAgainIsWithinTwiceTheTrueWait(int processes, int length, double perSecond, long millis) {
        SharingWorld world = new SharingWorld(1, 100, 50, 10);
        SharingClass crowded = world.add("/crowded", ShareGroup.DEFAULT, limits(processes, length))
                .arrivals(perSecond, millis, 120);

        world.run(160);

        assertWithinTwiceTheTrueWait(crowded, 0);
    }

    @ParameterizedTest
    @CsvSource({"1, 30", "2, 60"})
    void timeToComeAgainIsWithinTwiceTheTrueWaitForAClassThatHasAPlaceInTurns(int others, int length) {
        SharingWorld world = new SharingWorld(1, 1, 50, 10);
        SharingClass crowded =
                world.add("/crowded", ShareGroup.DEFAULT, limits(1, length)).arrivals(30, 50, 120);
        for (int i = 0; i < others; i++) {
            world.add("/other/" + i, ShareGroup.DEFAULT, limits(1, 1000)).clients(10, 50);
        }

        world.run(160);

        assertWithinTwiceTheTrueWait(crowded, 10); // after several turns
    }

    @Test
    void classThatBacksOffSaysWhenItTriesAgain() {
        SharingWorld world = new SharingWorld(1, 1, 50, 10);
        world.failStarts();
        SharingClass broken = world.add("/broken", ShareGroup.DEFAULT, limits(1, 10));
        for (int i = 0; i < 300; i++) {
            broken.ask(0, () -> {});
            world.run(0.1);
        }

        List<SharingClass.Refused> backingOff = broken.refusals().stream()
                .filter(refused -> refused.retrySeconds() > 0 && refused.atSeconds() < 10)
                .toList();

        assertThat(backingOff).hasSizeGreaterThan(50);
        assertThat(backingOff).allSatisfy(refused -> {
            double next = world.failedStarts().stream()
                    .filter(at -> at > refused.atSeconds())
                    .findFirst()
                    .orElseThrow();
            assertThat(next - refused.atSeconds())
                    .isBetween(refused.retrySeconds() - 1.0, refused.retrySeconds() + 0.2);
        });
    }

    private static void assertWithinTwiceTheTrueWait(SharingClass crowded, double fromSeconds) {
        List<SharingClass.Refused> known = crowded.refusals().stream()
                .filter(refused -> refused.atSeconds() >= fromSeconds)
                .filter(refused -> crowded.waitAfter(refused.atSeconds()).isPresent())
                .toList();
        assertThat(known).hasSizeGreaterThan(50);
        assertThat(known).allSatisfy(refused -> {
            double wait = crowded.waitAfter(refused.atSeconds()).orElseThrow();
            assertThat((double) refused.retrySeconds())
                    .as("after %s s, of %s s", refused.atSeconds(), wait)
                    .isBetween(wait / 2, wait * 2);
        });
    }
}
