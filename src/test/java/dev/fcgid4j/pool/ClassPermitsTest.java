/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The account of one class at a budget of two permits. */
class ClassPermitsTest {

    private final ProcessBudget budget = new ProcessBudget(2);
    private final ClassPermits permits = new ClassPermits(budget, 0);

    private static long seconds(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void freePermitIsTakenWhileNoClassWaits() {
        assertThat(permits.tryAcquire()).isTrue();
        assertThat(budget.taken()).isEqualTo(1);
    }

    @Test
    void classThatWaitsTakesOnlyWhatIsSetAside() {
        permits.report(true, true);

        assertThat(permits.tryAcquire()).isFalse();
        permits.setAside(1);
        assertThat(permits.tryAcquire()).isTrue();
        assertThat(permits.tryAcquire()).isFalse();
    }

    @Test
    void whatIsSetAsideAndNotNeededGoesBackToTheBudget() {
        budget.tryAcquire();
        permits.setAside(1);

        assertThat(permits.giveBack()).isTrue();
        assertThat(permits.giveBack()).isFalse();
        assertThat(budget.taken()).isZero();
    }

    @Test
    void debtIsPaidOnceAndANewPlanReplacesIt() {
        permits.owe(2);
        assertThat(permits.pay()).isTrue();
        permits.owe(0);

        assertThat(permits.pay()).isFalse();
    }

    @Test
    void lagGrowsByTheShareAndShrinksByWhatWasHeld() {
        permits.share(0.5);

        permits.charge(seconds(1), seconds(4), true);

        assertThat(permits.lagNanos()).isEqualTo((double) seconds(1));
    }

    @Test
    void classThatDoesNotWaitSavesNothingUp() {
        permits.share(1);

        permits.charge(0, seconds(4), false);

        assertThat(permits.lagNanos()).isZero();
    }

    @Test
    void lagIsBounded() {
        permits.share(1);
        permits.charge(0, seconds(1000), true);
        assertThat(permits.lagNanos()).isEqualTo((double) seconds(10));

        permits.charge(seconds(1000), 0, true);

        assertThat(permits.lagNanos()).isEqualTo((double) seconds(-10));
    }

    @Test
    void useIsRememberedForTenSecondsAtLeastAndTwentyAtMost() {
        permits.noteUse(3, seconds(1));
        permits.noteUse(1, seconds(9));

        assertThat(permits.recentUse(seconds(11))).isEqualTo(3);
        assertThat(permits.recentUse(seconds(21))).isZero();
    }

    @Test
    void startTakesTheShortestOfTheLastFourTimes() {
        assertThat(permits.startNanos()).isZero();
        permits.noteStart(1);
        permits.noteStart(30);
        assertThat(permits.startNanos()).isEqualTo(1);

        for (int i = 0; i < 3; i++) {
            permits.noteStart(20);
        }

        assertThat(permits.startNanos()).isEqualTo(20);
    }
}
