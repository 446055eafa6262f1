/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static dev.fcgid4j.pool.PoolParts.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.failure.PoolClosedException;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Idle timeout 10 s, lifetime 100 s, busy timeout 20 s, grace time 3 s; each process serves five requests. */
class RetirementTest {

    private static final ClassLimits LIMITS = ClassLimits.defaults().toBuilder()
            .maxRequestsPerProcess(5)
            .idleTimeout(Duration.ofSeconds(10))
            .lifeTime(Duration.ofSeconds(100))
            .busyTimeout(Duration.ofSeconds(20))
            .build();

    private final PoolParts parts = new PoolParts(LIMITS, 10);
    private final Retirement retirement = parts.retirement();
    private final PoolActions actions = new PoolActions();

    // ---- after a request ------------------------------------------------------------------------------------------

    @Test
    void workerServesOnAfterItsRequest() {
        Worker worker = parts.busy(0);

        retirement.markAfterRequest(worker, at(1));

        assertThat(worker.retireReason()).isEmpty();
    }

    @Test
    void workerOfAClosedSetEndsAfterItsRequest() {
        Worker worker = parts.busy(0);
        parts.workers.close();

        retirement.markAfterRequest(worker, at(1));

        assertThat(worker.retireReason()).contains(RetireReason.SHUTDOWN);
    }

    @Test
    void outdatedWorkerEndsAfterItsRequest() {
        Worker worker = parts.busy(0);
        parts.changed(at(1));

        retirement.markAfterRequest(worker, at(1));

        assertThat(worker.retireReason()).contains(RetireReason.SCRIPT_CHANGED);
        assertThat(worker.retirement().file()).contains(PoolParts.SCRIPT);
    }

    @Test
    void workerEndsWithTheLastOfItsRequests() {
        Worker worker = parts.busy(0);
        for (int i = 0; i < 4; i++) {
            worker.countRequest();
        }
        retirement.markAfterRequest(worker, at(1));
        assertThat(worker.retireReason()).isEmpty();
        worker.countRequest();

        retirement.markAfterRequest(worker, at(1));

        assertThat(worker.retireReason()).contains(RetireReason.REQUEST_LIMIT);
    }

    @Test
    void workerWhoseLifetimeIsOverEndsAfterItsRequest() {
        Worker worker = parts.busy(0);

        retirement.markAfterRequest(worker, at(100));

        assertThat(worker.retireReason()).contains(RetireReason.LIFETIME);
    }

    @Test
    void oldGenerationIsKeptDuringARolloutHoweverOldItIs() {
        Worker worker = parts.busy(0);
        parts.rolloutBeside(worker);

        retirement.markAfterRequest(worker, at(100));

        assertThat(worker.retireReason()).isEmpty();
    }

    @Test
    void workerOfAGenerationThatIsNeitherServingNorTriedEndsDuringARollout() {
        Worker foreign = parts.busy(0);
        parts.changed(at(1));
        parts.rolloutBeside(parts.busy(at(2)));

        retirement.markAfterRequest(foreign, at(3));

        assertThat(foreign.retireReason()).contains(RetireReason.SCRIPT_CHANGED);
    }

    // ---- with time ------------------------------------------------------------------------------------------------

    @Test
    void idleWorkerIsStoppedWhenItsIdleTimeIsOver() {
        Worker worker = parts.idle(0);

        retirement.sweep(at(9.9), actions);
        assertThat(actions.list()).isEmpty();
        retirement.sweep(at(10), actions);

        assertThat(PoolParts.terminated(actions)).containsExactly(worker);
        assertThat(worker.retireReason()).contains(RetireReason.IDLE_TIMEOUT);
        assertThat(parts.workers.idle()).isEmpty();
    }

    @Test
    void workerThatDoesNotEndWithinTheGraceTimeIsKilledOnce() {
        Worker worker = parts.idle(0);
        parts.workers.retire(worker, RetireReason.RECYCLED, at(1), new PoolActions());

        retirement.sweep(at(3.9), actions);
        assertThat(actions.list()).isEmpty();
        retirement.sweep(at(4), actions);
        retirement.sweep(at(9), actions);

        assertThat(actions.list()).containsExactly(new PoolAction.Kill(worker));
    }

    @Test
    void ageEndsNoIdleWorkerDuringARollout() {
        Worker worker = parts.idle(0);
        parts.rolloutBeside(worker);

        retirement.sweep(at(200), actions);

        assertThat(actions.list()).isEmpty();
        assertThat(retirement.nextSweepNanos(at(260), at(200))).isEqualTo(at(260));
    }

    @Test
    void busyTimeoutHoldsDuringARollout() {
        Worker worker = parts.busy(0);
        parts.rolloutBeside(worker);

        assertThat(retirement.nextSweepNanos(at(60), at(1))).isEqualTo(at(20));
        retirement.sweep(at(20), actions);

        assertThat(PoolParts.terminated(actions)).containsExactly(worker);
        assertThat(worker.retireReason()).contains(RetireReason.BUSY_TIMEOUT);
        assertThat(worker.retirement().stopReason()).contains(RetireReason.BUSY_TIMEOUT);
    }

    @Test
    void busyTimeoutStopsAWorkerThatIsMarkedForAnotherReason() {
        Worker worker = parts.busy(0);
        worker.retirement().set(RetireReason.SCRIPT_CHANGED, PoolParts.SCRIPT);

        retirement.sweep(at(20), actions);

        assertThat(worker.retireReason()).contains(RetireReason.SCRIPT_CHANGED);
        assertThat(worker.retirement().stopReason()).contains(RetireReason.BUSY_TIMEOUT);
    }

    @Test
    void idleWorkerThatRetiresIsNotStoppedInARequest() {
        Worker worker = parts.idle(0);

        retirement.sweep(at(10), actions);

        assertThat(worker.retirement().stopReason()).isEmpty();
    }

    @Test
    void nextSweepIsAtTheEarliestLimitOfAllWorkers() {
        parts.busy(at(2));
        parts.idle(at(3));

        assertThat(retirement.nextSweepNanos(at(60), at(4))).isEqualTo(at(13));
        assertThat(retirement.nextSweepNanos(at(5), at(4))).isEqualTo(at(5));
    }

    // ---- the end --------------------------------------------------------------------------------------------------

    @Test
    void retireAllStopsIdleWorkersAndLetsBusyOnesFinish() {
        Worker idle = parts.idle(0);
        Worker busy = parts.busy(0);

        retirement.retireAll(RetireReason.APPLICATION_CHANGED, at(1), actions);

        assertThat(PoolParts.terminated(actions)).containsExactly(idle);
        assertThat(busy.state()).isEqualTo(WorkerState.BUSY);
        assertThat(busy.retireReason()).contains(RetireReason.APPLICATION_CHANGED);
    }

    @Test
    void closeRefusesWaitingRequestsAndRetiresWorkersThatAreStarting() {
        Worker starting = parts.starting(0);
        Worker idle = parts.idle(0);
        Waiter waiter = parts.waiting(0);

        retirement.close(at(1), actions);

        assertThat(PoolParts.only(PoolAction.Refuse.class, actions))
                .singleElement()
                .satisfies(refuse -> {
                    assertThat(refuse.waiter()).isSameAs(waiter);
                    assertThat(refuse.why()).isInstanceOf(PoolClosedException.class);
                });
        assertThat(PoolParts.terminated(actions)).containsExactly(idle);
        assertThat(starting.state()).isEqualTo(WorkerState.RETIRING);
        assertThat(parts.workers.soonIdle()).isZero();
        assertThat(parts.workers.isClosed()).isTrue();
    }

    @Test
    void stopBusyStopsBusyWorkersOnly() {
        parts.starting(0);
        parts.idle(0);
        Worker busy = parts.busy(0);

        retirement.stopBusy(at(1), actions);

        assertThat(PoolParts.terminated(actions)).containsExactly(busy);
        assertThat(busy.retirement().stopReason()).contains(RetireReason.SHUTDOWN);
    }

    // ---- room for another class -----------------------------------------------------------------------------------

    @Test
    void workerThatHasBeenIdleForTheLongestTimeMakesRoom() {
        Worker longest = parts.idle(at(1));
        parts.idle(at(2));
        parts.permits.owe(1);

        retirement.makeRoom(at(3), actions);

        assertThat(PoolParts.terminated(actions)).containsExactly(longest);
        assertThat(longest.retireReason()).contains(RetireReason.MAKE_ROOM);
    }

    @Test
    void classThatOwesNothingMakesNoRoom() {
        parts.idle(0);
        parts.budget.wanting(true);

        retirement.makeRoom(at(1), actions);

        assertThat(actions.list()).isEmpty();
    }

    @Test
    void classWithoutAnIdleWorkerMakesRoomAfterARequest() {
        Worker busy = parts.busy(0);
        parts.permits.owe(1);

        retirement.makeRoom(at(1), actions);
        assertThat(actions.list()).isEmpty();
        retirement.markAfterRequest(busy, at(1));

        assertThat(busy.retireReason()).contains(RetireReason.MAKE_ROOM);
    }

    @Test
    void onlyAsManyMakeRoomAsTheClassOwes() {
        Worker one = parts.busy(0);
        Worker other = parts.busy(0);
        parts.permits.owe(1);

        retirement.markAfterRequest(one, at(1));
        retirement.markAfterRequest(other, at(1));

        assertThat(other.retireReason()).isEmpty();
    }

    @Test
    void workerThatEndsAnywayPaysNothing() {
        Worker old = parts.busy(0);
        Worker other = parts.busy(at(99));
        parts.permits.owe(1);

        retirement.markAfterRequest(old, at(100));
        retirement.markAfterRequest(other, at(100));

        assertThat(old.retireReason()).contains(RetireReason.LIFETIME);
        assertThat(other.retireReason()).contains(RetireReason.MAKE_ROOM);
    }

    @Test
    void idleWorkerBeyondWhatTheClassKeepsIsOfferedWhileAnotherClassWants() {
        parts.idle(0);
        parts.permits.keep(0);
        retirement.makeRoom(at(1), actions);
        assertThat(actions.list()).isEmpty();
        parts.budget.wanting(true);

        retirement.makeRoom(at(1), actions);

        assertThat(actions.list()).containsExactly(new PoolAction.SharePermits());
    }

    @Test
    void idleWorkerThatTheClassKeepsIsNotOffered() {
        parts.idle(0);
        parts.permits.keep(1);
        parts.budget.wanting(true);

        retirement.makeRoom(at(1), actions);

        assertThat(actions.list()).isEmpty();
    }
}
