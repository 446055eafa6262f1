/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.LeaseRecorder;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A line that two requests may join, whose requests wait for a second. The clock overflows. */
class WaitingLineTest {

    private static final long NOW = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(5);
    private static final Object HERE = new Object();
    private static final Object ELSEWHERE = new Object();

    private final WaitingLine line = new WaitingLine(2);

    private static long after(long millis) {
        return NOW + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static Waiter waiter(Object affinity, boolean first, long sinceMillis) {
        return new Waiter(
                new LeaseRecorder(),
                new AcquireOptions(affinity, first, after(sinceMillis)),
                TimeUnit.SECONDS.toNanos(1));
    }

    private Waiter add(Object affinity, boolean first, long sinceMillis) {
        Waiter waiter = waiter(affinity, first, sinceMillis);
        line.add(waiter);
        return waiter;
    }

    private Waiter add(Object affinity) {
        return add(affinity, false, 0);
    }

    @Test
    void requestsAreServedInTheOrderOfTheirArrival() {
        Waiter one = add(HERE);
        Waiter two = add(HERE);

        assertThat(line.removeFirst()).isSameAs(one);
        assertThat(line.removeFirst()).isSameAs(two);
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void requestThatHasLostItsWorkerGoesToTheHead() {
        add(HERE);
        Waiter again = add(HERE, true, 0);

        assertThat(line.removeFirst()).isSameAs(again);
    }

    @Test
    void workerPrefersARequestOfTheLoopThatHasItsConnection() {
        Waiter head = add(ELSEWHERE);
        Waiter near = add(HERE);

        assertThat(line.removeNextFor(HERE, after(0))).isSameAs(near);
        assertThat(line.removeAll()).containsExactly(head);
    }

    @Test
    void workerWithoutAConnectionTakesTheHead() {
        Waiter head = add(ELSEWHERE);
        add(HERE);

        assertThat(line.removeNextFor(null, after(0))).isSameAs(head);
    }

    @Test
    void headThatHasWaitedForMoreThanTenMillisecondsIsServedFirst() {
        Waiter head = add(ELSEWHERE);
        Waiter near = add(HERE);
        Waiter alsoNear = add(HERE);

        assertThat(line.removeNextFor(HERE, after(10))).isSameAs(near);
        assertThat(line.removeNextFor(HERE, after(10) + 1)).isSameAs(head);
        assertThat(line.removeAll()).containsExactly(alsoNear);
    }

    @Test
    void onlyTheFirstSixteenRequestsAreSearched() {
        Waiter head = add(ELSEWHERE);
        for (int i = 0; i < 15; i++) {
            add(ELSEWHERE);
        }
        Waiter seventeenth = add(HERE);

        assertThat(line.removeNextFor(HERE, after(0))).isSameAs(head);
        assertThat(line.removeNextFor(HERE, after(0))).isSameAs(seventeenth);
    }

    @Test
    void lineIsFullAtItsLimit() {
        add(HERE);
        assertThat(line.isFull(0)).isFalse();

        add(HERE);

        assertThat(line.isFull(0)).isTrue();
    }

    @Test
    void requestsThatAreServedSoonDoNotFillTheLine() {
        add(HERE);
        add(HERE);

        assertThat(line.isFull(1)).isFalse();
        assertThat(line.size()).isEqualTo(2);
    }

    @Test
    void overdueRequestsLeaveFromTheirDeadlineOn() {
        Waiter late = add(HERE, false, 0);
        Waiter young = add(HERE, false, 1);

        assertThat(line.removeOverdue(after(1000) - 1)).isEmpty();
        assertThat(line.removeOverdue(after(1000))).containsExactly(late);
        assertThat(line.removeAll()).containsExactly(young);
    }

    @Test
    void nextDeadlineIsTheEarliestWhereverItStands() {
        add(HERE, false, 3);
        add(HERE, false, 1);
        add(HERE, false, 2);

        assertThat(line.nextDeadlineNanos(after(5000))).isEqualTo(after(1001));
        assertThat(line.nextDeadlineNanos(after(500))).isEqualTo(after(500));
    }

    @Test
    void removeAllKeepsTheOrderAndEmptiesTheLine() {
        Waiter one = add(HERE);
        Waiter two = add(HERE);

        assertThat(line.removeAll()).containsExactly(one, two);
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void requestThatHasLeftTheLineIsRemovedWithoutEffect() {
        Waiter gone = add(HERE);
        Waiter stays = add(HERE);
        line.remove(gone);

        line.remove(gone);

        assertThat(line.removeAll()).containsExactly(stays);
    }
}
