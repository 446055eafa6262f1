/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.process.ProcessCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who gets the next permit, and who gives up a worker for it. All classes are of one group and have the weight 1. */
class PermitPlanTest {

    private static final ProcessClass CLASS = new ProcessClass(
            "/a",
            new ProcessCommand(List.of("/a"), Map.of(), Path.of("/")),
            ChangePolicy.strict(List.of()),
            ClassLimits.defaults());

    /** A class with a number of places, of which some are idle, and requests that want more. */
    private static final class AskingClass {
        private final int places;
        private int idle;
        private int missing;
        private boolean candidate;
        private int minimum;
        private long idleSinceNanos;
        private long startMillis;
        private double lagSeconds;
        private int recentlyUsed;

        private AskingClass(int places) {
            this.places = places;
            this.recentlyUsed = places;
        }

        private Claimant claimant() {
            ClassDemand demand = new ClassDemand(
                    places,
                    0,
                    idle,
                    idleSinceNanos,
                    missing,
                    candidate,
                    Math.max(recentlyUsed, places - idle + missing),
                    minimum,
                    TimeUnit.MILLISECONDS.toNanos(startMillis),
                    0);
            return new Claimant(CLASS, demand, lagSeconds * 1e9);
        }
    }

    private static AskingClass busy(int places) {
        return new AskingClass(places);
    }

    private static AskingClass idle(int places, long sinceNanos) {
        AskingClass added = new AskingClass(places);
        added.idle = places;
        added.idleSinceNanos = sinceNanos;
        return added;
    }

    private static AskingClass missing(int places, int missing) {
        AskingClass added = new AskingClass(places);
        added.missing = missing;
        return added;
    }

    private static AskingClass missing(int places, int missing, double lagSeconds) {
        AskingClass added = missing(places, missing);
        added.lagSeconds = lagSeconds;
        return added;
    }

    /** What each class owes after a plan. */
    private static List<Integer> owed(int permits, int coming, AskingClass... classes) {
        List<Claimant> claimants =
                List.of(classes).stream().map(AskingClass::claimant).toList();
        PermitPlan plan = new PermitPlan(permits, claimants);
        plan.take(coming);
        return claimants.stream().map(Claimant::owed).toList();
    }

    /** What each class is granted of the free permits. */
    private static List<Integer> granted(int permits, int free, AskingClass... classes) {
        List<Claimant> claimants =
                List.of(classes).stream().map(AskingClass::claimant).toList();
        int[] left = {free};
        new PermitPlan(permits, claimants).assignFree(() -> left[0]-- > 0);
        return claimants.stream().map(Claimant::granted).toList();
    }

    // ---- free permits ---------------------------------------------------------------------------------------------

    @Test
    void freePermitGoesToTheClassBelowItsShare() {
        assertThat(granted(4, 1, missing(2, 5), missing(1, 5))).containsExactly(0, 1);
    }

    @Test
    void freePermitsThatNoClassBelowItsShareWantsServeTheOthers() {
        assertThat(granted(4, 3, missing(1, 5), busy(0))).containsExactly(3, 0);
    }

    @Test
    void freePermitOfATurnGoesToTheLargestLag() {
        assertThat(granted(1, 1, missing(0, 5, 0.1), missing(0, 5, 0.3), missing(0, 5, -1)))
                .containsExactly(0, 1, 0);
    }

    @Test
    void noMoreIsGrantedThanIsMissing() {
        assertThat(granted(9, 9, missing(0, 2), missing(0, 1))).containsExactly(2, 1);
    }

    // ---- idle workers ---------------------------------------------------------------------------------------------

    @Test
    void longestIdleWorkerMakesRoom() {
        assertThat(owed(2, 0, idle(1, 20), idle(1, 10), missing(0, 1))).containsExactly(0, 1, 0);
    }

    @Test
    void idleWorkersWithinAShareAreKeptForTheirClass() {
        assertThat(owed(4, 0, idle(2, 10), missing(2, 90))).containsExactly(0, 0);
    }

    @Test
    void idleWorkersThatWereNotUsedLatelyAreGivenUpWhoeverWants() {
        AskingClass unused = idle(2, 10);
        unused.recentlyUsed = 0;

        assertThat(owed(4, 0, unused, missing(2, 90))).containsExactly(2, 0);
    }

    // ---- whole shares ---------------------------------------------------------------------------------------------

    @Test
    void classBelowItsWholeShareTakesFromTheOneAbove() {
        assertThat(owed(10, 0, missing(10, 90), missing(0, 2))).containsExactly(2, 0);
    }

    @Test
    void classAtItsShareTakesNothing() {
        assertThat(owed(4, 0, missing(2, 9), missing(2, 9))).containsExactly(0, 0);
    }

    @Test
    void permitsThatComeFreeAnywayAreNotTakenAgain() {
        assertThat(owed(10, 2, missing(8, 90), missing(0, 2))).containsExactly(0, 0);
    }

    // ---- turns ----------------------------------------------------------------------------------------------------

    @Test
    void turnLastsUntilTheLagIsAQuantumLarger() {
        assertThat(owed(1, 0, missing(1, 9, -0.1), missing(0, 9, 0.1))).containsExactly(0, 0);
        assertThat(owed(1, 0, missing(1, 9, -0.3), missing(0, 9, 0.3))).containsExactly(1, 0);
    }

    @Test
    void turnIsLongerWhereAStartTakesLong() {
        AskingClass slow = missing(0, 9, 0.5);
        slow.startMillis = 1000;

        assertThat(owed(1, 0, missing(1, 9, -0.5), slow)).containsExactly(0, 0);
    }

    @Test
    void oneThatCannotBeHelpedKeepsNoOtherFromItsTurn() {
        AskingClass holder = missing(1, 9, -2);
        holder.minimum = 1;

        assertThat(owed(2, 0, holder, missing(1, 9, 3), missing(0, 9, 2))).containsExactly(1, 0, 0);
    }

    // ---- rollouts -------------------------------------------------------------------------------------------------

    @Test
    void candidateForWhichNoClassMakesRoomReplacesAWorkerOfItsOwnClass() {
        AskingClass rolling = idle(2, 10);
        rolling.missing = 1;
        rolling.candidate = true;

        assertThat(owed(4, 0, rolling, busy(2))).containsExactly(1, 0);
    }

    @Test
    void candidateTakesAnotherClassesUnusedWorkerFirst() {
        AskingClass rolling = missing(2, 1);
        rolling.candidate = true;
        AskingClass unused = idle(2, 10);
        unused.recentlyUsed = 0;

        assertThat(owed(4, 0, rolling, unused)).containsExactly(0, 1);
    }

    // ---- the minimum ----------------------------------------------------------------------------------------------

    @Test
    void minimumYieldsToNoClassThatHasAProcess() {
        AskingClass kept = idle(3, 10);
        kept.minimum = 3;
        kept.recentlyUsed = 0;

        assertThat(owed(4, 0, kept, missing(1, 9))).containsExactly(0, 0);
    }

    @Test
    void minimumYieldsToAClassWithoutAProcess() {
        AskingClass kept = idle(4, 10);
        kept.minimum = 4;
        kept.recentlyUsed = 0;

        assertThat(owed(4, 0, kept, missing(0, 9))).containsExactly(1, 0);
    }

    // ---- work -----------------------------------------------------------------------------------------------------

    private static long comparisons(List<AskingClass> classes, int permits) {
        PermitPlan plan = new PermitPlan(
                permits, classes.stream().map(AskingClass::claimant).toList());
        plan.assignFree(() -> false);
        plan.take(0);
        return plan.comparisons();
    }

    @Test
    void manyClassesThatWaitForFewPlacesCostLittleMoreThanTheirNumber() {
        List<AskingClass> classes = new ArrayList<>();
        IntStream.range(0, 1000).forEach(i -> classes.add(missing(i < 10 ? 1 : 0, 1, i % 7)));

        assertThat(comparisons(classes, 10)).isLessThan(40L * 1000);
    }

    @Test
    void manyClassesThatTakeTheIdleWorkersOfManyCostLittleMoreThanTheirNumber() {
        List<AskingClass> classes = new ArrayList<>();
        IntStream.range(0, 500).forEach(i -> classes.add(idle(2, i * 17 % 500)));
        IntStream.range(0, 500).forEach(i -> classes.add(missing(0, 1, i % 7)));

        assertThat(comparisons(classes, 1000)).isLessThan(200L * 1000);
    }
}
