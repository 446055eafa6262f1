/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A class of at most three processes, with four permits over all classes. */
class StartControlTest {

    private static final ClassLimits LIMITS =
            ClassLimits.defaults().toBuilder().maxProcesses(3).build();

    private final PoolParts parts = new PoolParts(LIMITS, 4);
    private final StartControl starts = parts.starts();

    private int startedFor(int waiting) {
        return startFor(waiting, PoolAction.Start.class).size();
    }

    private <T extends PoolAction> List<T> startFor(int waiting, Class<T> kind) {
        PoolActions actions = new PoolActions();
        starts.startFor(waiting, 0, actions);
        return PoolParts.only(kind, actions);
    }

    private int candidatesStarted() {
        PoolActions actions = new PoolActions();
        starts.startCandidate(0, actions);
        return PoolParts.only(PoolAction.Start.class, actions).size();
    }

    /** Other classes hold all permits but these. */
    private void permitsLeft(int left) {
        while (parts.budget.taken() < parts.budget.permits() - left) {
            parts.budget.tryAcquire();
        }
    }

    // ---- processes for waiting requests ---------------------------------------------------------------------------

    @Test
    void eachWaitingRequestGetsAProcess() {
        assertThat(startedFor(2)).isEqualTo(2);
        assertThat(parts.budget.taken()).isEqualTo(2);
    }

    @Test
    void startingProcessIsExpectedByOneRequest() {
        parts.starting(0);

        assertThat(startedFor(1)).isZero();
        assertThat(startedFor(2)).isOne();
    }

    @Test
    void classHasNoMoreProcessesThanItsLimit() {
        parts.busy(0);

        assertThat(startedFor(9)).isEqualTo(2);
        assertThat(starts.hasRoom()).isFalse();
        assertThat(starts.mayStart(0)).isFalse();
    }

    @Test
    void nothingStartsWhileAFileIsBeingWritten() {
        parts.beingWritten();

        assertThat(startedFor(1)).isZero();
        parts.changed(0);
        assertThat(startedFor(1)).isOne();
    }

    @Test
    void nothingButTheCandidateStartsDuringARollout() {
        parts.rolloutBeside(parts.idle(0));

        assertThat(startedFor(1)).isZero();
    }

    @Test
    void nothingStartsInAClosedSet() {
        parts.workers.close();

        assertThat(startedFor(1)).isZero();
    }

    @Test
    void nothingStartsDuringTheBackOff() {
        parts.spawnPolicy.failed(0, 0, new WorkerStartException("first"));
        parts.spawnPolicy.failed(1, 1, new WorkerStartException("second"));

        assertThat(startedFor(1)).isZero();
    }

    @Test
    void oneProcessAtATimeStartsAfterAFailedStart() {
        parts.spawnPolicy.failed(0, 0, new WorkerStartException("once"));

        assertThat(startedFor(3)).isOne();
        assertThat(starts.mayStart(0)).isFalse();
    }

    @Test
    void provenWorkerAllowsAFurtherStartAfterAFailedOne() {
        parts.busy(0).prove();
        parts.spawnPolicy.failed(0, 0, new WorkerStartException("once"));

        assertThat(starts.mayStart(0)).isTrue();
    }

    @Test
    void workerThatIsRetiringIsNoTrial() {
        Worker worker = parts.idle(0);
        parts.workers.retire(worker, RetireReason.RECYCLED, 0, new PoolActions());
        parts.spawnPolicy.failed(0, 0, new WorkerStartException("once"));

        assertThat(starts.mayStart(0)).isTrue();
    }

    // ---- permits --------------------------------------------------------------------------------------------------

    @Test
    void classWithoutAPermitReportsWhatItLacksOnce() {
        permitsLeft(0);

        assertThat(lacking(2)).containsExactly(new PoolAction.SharePermits());
        assertThat(lacking(2)).isEmpty();
        assertThat(starts.readMissing()).isEqualTo(2);
        assertThat(parts.workers.living()).isEmpty();
    }

    @Test
    void classThatLacksMoreThanKnownReportsAgain() {
        permitsLeft(0);
        lacking(1);

        assertThat(lacking(2)).hasSize(1);
        assertThat(lacking(1)).isEmpty();
        assertThat(lacking(2)).as("known already").isEmpty();
    }

    @Test
    void classReportsAgainAfterItLackedNothing() {
        permitsLeft(0);
        lacking(1);
        lacking(0);

        assertThat(lacking(1)).hasSize(1);
    }

    @Test
    void classLacksNoMorePermitsThanItMayHaveProcesses() {
        permitsLeft(0);

        lacking(1000);

        assertThat(starts.readMissing()).isEqualTo(starts.maxProcesses());
    }

    @Test
    void permitsThatAreLeftAreUsedFirst() {
        permitsLeft(1);

        assertThat(startedFor(2)).isOne();

        assertThat(starts.readMissing()).isOne();
    }

    @Test
    void freePermitIsLeftToTheClassThatWaitsForOne() {
        permitsLeft(1);
        parts.budget.wanting(true);

        assertThat(startedFor(1)).isZero();
    }

    @Test
    void permitThatWasSetAsideIsUsedAndTheRestGivenBack() {
        permitsLeft(2);
        parts.budget.wanting(true);
        parts.budget.tryAcquire();
        parts.budget.tryAcquire();
        parts.permits.setAside(2);
        int before = parts.budget.taken();

        assertThat(startedFor(1)).isOne();
        PoolActions actions = new PoolActions();
        starts.reportNeeds(actions);

        assertThat(actions.list()).containsExactly(new PoolAction.SharePermits());
        assertThat(parts.budget.taken()).isEqualTo(before - 1);
    }

    @Test
    void budgetLearnsOnceThatAClassWithoutAProcessLacksAPermit() {
        permitsLeft(0);
        lacking(1);
        lacking(1);

        assertThat(parts.budget.anyWanting()).isTrue();
        assertThat(parts.budget.anyStarving()).isTrue();
        lacking(0);
        assertThat(parts.budget.anyWanting()).isFalse();
        assertThat(parts.budget.anyStarving()).isFalse();
    }

    @Test
    void classWithAProcessWantsAPermitButDoesNotStarve() {
        parts.busy(0);
        permitsLeft(0);

        lacking(1);

        assertThat(parts.budget.anyWanting()).isTrue();
        assertThat(parts.budget.anyStarving()).isFalse();
    }

    @Test
    void candidateThatLacksAPermitIsReportedAlthoughNoRequestWaits() {
        parts.rolloutBeside(parts.idle(0));
        permitsLeft(0);
        assertThat(candidatesStarted()).isZero();

        starts.reportNeeds(new PoolActions());

        assertThat(parts.budget.anyWanting()).isTrue();
    }

    /** A decision after which so many requests wait; returns what it asks for. */
    private List<PoolAction> lacking(int waiting) {
        PoolActions actions = new PoolActions();
        starts.startCandidate(0, actions);
        starts.startFor(waiting, 0, actions);
        starts.reportNeeds(actions);
        return actions.list();
    }

    // ---- rollouts -------------------------------------------------------------------------------------------------

    @Test
    void candidateStartsBesideAFullClass() {
        Worker serving = parts.busy(0);
        parts.busy(0);
        parts.busy(0);
        parts.rolloutBeside(serving);

        assertThat(candidatesStarted()).isOne();
        assertThat(parts.rollout.candidate()).isPresent();
        assertThat(candidatesStarted()).isZero();
    }

    @Test
    void candidateTakesOnlyOneProcessAboveTheLimit() {
        Worker serving = parts.busy(0);
        for (int i = 0; i < 3; i++) {
            parts.busy(0);
        }
        parts.rolloutBeside(serving);

        assertThat(candidatesStarted()).isZero();
    }

    @Test
    void candidateWaitsUntilAFileIsComplete() {
        parts.rolloutBeside(parts.busy(0));
        parts.beingWritten();

        assertThat(candidatesStarted()).isZero();
    }

    @Test
    void noCandidateStartsInAClosedSet() {
        parts.rolloutBeside(parts.busy(0));
        parts.workers.close();

        assertThat(candidatesStarted()).isZero();
    }

    @Test
    void noCandidateStartsWithoutARollout() {
        assertThat(candidatesStarted()).isZero();
    }
}
