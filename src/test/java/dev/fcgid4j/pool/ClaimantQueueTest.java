/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import org.junit.jupiter.api.Test;

/** Claimants in the order of the permits that they have, fewest first; those without one are left out. */
class ClaimantQueueTest {

    private static final ProcessClass CLASS = PoolHost.processClass("/a", ClassLimits.defaults());

    private final ClaimantQueue queue =
            new ClaimantQueue(each -> each.places() > 0, each -> ClaimKey.of(each.places()));

    private static Claimant claimant(int position, int places) {
        ClassDemand demand = new ClassDemand(places, 0, 0, 0, 0, false, places, 0, 0, 0);
        Claimant added = new Claimant(CLASS, demand, 0);
        added.position(position);
        return added;
    }

    @Test
    void smallestKeyComesFirst() {
        Claimant small = claimant(1, 2);
        queue.add(claimant(0, 3));
        queue.add(small);

        assertThat(queue.first()).containsSame(small);
    }

    @Test
    void positionDecidesAmongEquals() {
        Claimant first = claimant(0, 2);
        queue.add(claimant(1, 2));
        queue.add(first);

        assertThat(queue.removeFirst()).containsSame(first);
    }

    @Test
    void claimantOutsideTheConditionIsLeftOut() {
        queue.add(claimant(0, 0));

        assertThat(queue.first()).isEmpty();
    }

    @Test
    void entryOfAnEarlierStateCountsNoMore() {
        Claimant changed = claimant(0, 1);
        Claimant other = claimant(1, 2);
        queue.add(changed);
        queue.add(other);

        changed.owe();
        queue.add(changed);

        assertThat(queue.first()).containsSame(other);
    }

    @Test
    void firstOtherThanLeavesTheExcludedOneInPlace() {
        Claimant first = claimant(0, 1);
        Claimant second = claimant(1, 2);
        queue.add(first);
        queue.add(second);

        assertThat(queue.firstOtherThan(first)).containsSame(second);
        assertThat(queue.firstOtherThan(second)).containsSame(first);
        assertThat(queue.first()).containsSame(first);
    }
}
