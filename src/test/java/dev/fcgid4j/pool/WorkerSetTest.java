/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import org.junit.jupiter.api.Test;

class WorkerSetTest {

    private static final Object HERE = new Object();
    private static final Object ELSEWHERE = new Object();

    private final PoolParts parts = new PoolParts(ClassLimits.defaults(), 20);
    private final PoolActions actions = new PoolActions();

    private Worker idle(Object affinity) {
        Worker worker = parts.idle(0);
        worker.affinity(affinity);
        return worker;
    }

    @Test
    void workerWithAConnectionOfTheLoopIsTakenFirst() {
        Worker near = idle(HERE);
        Worker latest = idle(ELSEWHERE);

        assertThat(parts.workers.takeIdle(HERE)).isSameAs(near);
        assertThat(parts.workers.idle()).containsExactly(latest);
    }

    @Test
    void otherwiseTheWorkerThatWasParkedLastIsTaken() {
        idle(ELSEWHERE);
        Worker latest = idle(ELSEWHERE);

        assertThat(parts.workers.takeIdle(HERE)).isSameAs(latest);
    }

    @Test
    void onlyTheLastEightWorkersAreSearched() {
        Worker ninth = idle(HERE);
        for (int i = 0; i < 7; i++) {
            idle(ELSEWHERE);
        }
        Worker latest = idle(ELSEWHERE);

        assertThat(parts.workers.takeIdle(HERE)).isSameAs(latest);
        assertThat(parts.workers.takeIdle(HERE)).isSameAs(ninth);
    }

    @Test
    void noWorkerIsTakenWhenNoneIsIdle() {
        parts.busy(0);

        assertThat(parts.workers.takeIdle(HERE)).isNull();
    }

    @Test
    void workerThatIsMarkedRetiresInsteadOfBeingParked() {
        Worker worker = parts.busy(0);
        worker.retirement().set(RetireReason.RECYCLED);

        parts.workers.park(worker, 1, actions);

        assertThat(PoolParts.terminated(actions)).containsExactly(worker);
        assertThat(parts.workers.idle()).isEmpty();
    }

    @Test
    void startingWorkerIsRetiredOnlyInAClosedSet() {
        Worker worker = parts.starting(0);
        parts.workers.retireWhenFree(worker, RetireReason.RECYCLED, 1, actions);
        assertThat(worker.state()).isEqualTo(WorkerState.STARTING);
        parts.workers.close();

        parts.workers.retireWhenFree(worker, RetireReason.SHUTDOWN, 1, actions);

        assertThat(worker.state()).isEqualTo(WorkerState.RETIRING);
        assertThat(parts.workers.soonIdle()).isZero();
        assertThat(actions.list()).isEmpty(); // there is no process to terminate yet
    }

    @Test
    void idleCanaryThatJoinsIsTakenLikeAnyOther() {
        Worker canary = parts.idle(0);
        parts.workers.unpark(canary);
        Worker busy = parts.busy(0);

        parts.workers.canaryJoins(canary);
        parts.workers.canaryJoins(busy);

        assertThat(parts.workers.idle()).containsExactly(canary);
    }

    @Test
    void workerIsRemovedOnce() {
        Worker worker = parts.idle(0);
        parts.workers.remove(worker, 1, actions);

        assertThatThrownBy(() -> parts.workers.remove(worker, 1, actions)).isInstanceOf(IllegalStateException.class);
        assertThat(parts.budget.taken()).isZero();
    }
}
