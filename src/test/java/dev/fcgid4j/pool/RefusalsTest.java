/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static dev.fcgid4j.pool.PoolParts.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.PoolClosedException;
import dev.fcgid4j.failure.PoolExhaustedException;
import dev.fcgid4j.failure.WorkerStartException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A class of at most four processes, whose requests wait for five seconds in a line of seven. */
class RefusalsTest {

    private static final ClassLimits LIMITS = ClassLimits.defaults().toBuilder()
            .maxProcesses(4)
            .queueLength(7)
            .queueTimeout(Duration.ofSeconds(5))
            .build();

    private final PoolParts parts = new PoolParts(LIMITS, 9);
    private final PoolActions actions = new PoolActions();

    private FcgiException why() {
        return PoolParts.only(PoolAction.Refuse.class, actions).get(0).why();
    }

    private long counted() {
        return parts.meter.read().refused();
    }

    @Test
    void fullLineIsRefusedWithItsNumbers() {
        parts.busy(0);
        parts.idle(0);
        parts.waiting(0);
        Waiter waiter = parts.waiter("loop", false, 0);

        parts.refusals.lineFull(waiter, 0, actions);

        assertThat(PoolParts.refused(actions)).containsExactly(waiter);
        assertThat(why())
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("2 of 4 processes (2 of 9 over all classes), 1 idle, 1 requests waiting")
                .hasMessageContaining("the line is full (FcgidQueueLength 7)");
        assertThat(counted()).isOne();
    }

    @Test
    void requestOfAClosingPoolIsNotCounted() {
        parts.refusals.closing(parts.waiter("loop", false, 0), actions);

        assertThat(why()).isInstanceOf(PoolClosedException.class).hasMessageContaining("/a");
        assertThat(counted()).isZero();
    }

    @Test
    void allWaitingRequestsAreRefusedForOneReasonInTheirOrder() {
        Waiter one = parts.waiting(0);
        Waiter two = parts.waiting(1);
        WorkerStartException reason = new WorkerStartException("it ends at once");

        parts.refusals.all(reason, actions);

        assertThat(PoolParts.refused(actions)).containsExactly(one, two);
        assertThat(why()).isSameAs(reason);
        assertThat(parts.line.isEmpty()).isTrue();
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void closingPoolRefusesAllWaitingRequests() {
        Waiter one = parts.waiting(0);

        parts.refusals.allClosing(actions);

        assertThat(PoolParts.refused(actions)).containsExactly(one);
        assertThat(why()).isInstanceOf(PoolClosedException.class);
    }

    @Test
    void overdueRequestIsRefusedWithTheNumbersFromBeforeItLeft() {
        Waiter late = parts.waiting(at(1));
        Waiter young = parts.waiting(at(2));

        parts.refusals.overdue(at(6), Optional.empty(), actions);

        assertThat(PoolParts.refused(actions)).containsExactly(late);
        assertThat(why())
                .isInstanceOf(PoolExhaustedException.class)
                .hasMessageContaining("2 requests waiting")
                .hasMessageContaining("no worker became free within 5 s (FcgidQueueTimeout)");
        assertThat(parts.line.removeAll()).containsExactly(young);
        assertThat(counted()).isOne();
    }

    @Test
    void overdueRequestLearnsWhichFileItWaitedFor() {
        parts.waiting(at(1));

        parts.refusals.overdue(at(6), Optional.of("/lib/x is being written"), actions);

        assertThat(why())
                .hasMessageContaining("no process was started within 5 s (FcgidQueueTimeout)")
                .hasMessageContaining("because /lib/x is being written");
    }

    @Test
    void requestInTimeIsNotRefused() {
        parts.waiting(at(1));

        parts.refusals.overdue(at(5.9), Optional.empty(), actions);

        assertThat(actions.list()).isEmpty();
        assertThat(counted()).isZero();
    }

    /** A line of four requests, of which one is served each second. */
    private void slowLine() {
        for (int i = 0; i < 6; i++) {
            parts.waiting(0);
        }
        parts.line.observe(0);
        parts.line.removeNextFor(null, at(1));
        parts.line.removeNextFor(null, at(2));
        parts.line.observe(at(2));
    }

    @Test
    void refusedRequestMayComeAgainWhenTheLineHasMoved() {
        slowLine();

        parts.refusals.lineFull(parts.waiter("loop", false, 0), at(2), actions);

        assertThat(why().retryAfter()).isEqualTo(Duration.ofSeconds(5)); // one more than those that wait
    }

    @Test
    void timeToComeAgainIsNotLongerThanAnyRequestWaits() {
        slowLine();
        parts.line.observe(at(4)); // two requests in four seconds

        parts.refusals.lineFull(parts.waiter("loop", false, 0), at(4), actions);

        assertThat(why().retryAfter()).isEqualTo(LIMITS.queueTimeout());
    }

    @Test
    void timeToComeAgainIsUnknownBeforeTheLineHasMoved() {
        parts.waiting(0);
        parts.line.observe(0);

        parts.refusals.lineFull(parts.waiter("loop", false, 0), at(0.5), actions);

        assertThat(why().retryAfter()).isZero();
    }
}
