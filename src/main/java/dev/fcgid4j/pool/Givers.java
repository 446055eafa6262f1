/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The claimants of a {@link PermitPlan} that can give up a worker, in the orders in which the plan asks for one.
 *
 * <p>Threading: confined to the thread that makes the plan.
 */
final class Givers {

    private final ClaimantQueue idleSurplus;
    private final ClaimantQueue idleAhead;
    private final ClaimantQueue largest;
    private final ClaimantQueue leastLag;
    private final List<ClaimantQueue> all;

    /**
     * Creates an empty set.
     *
     * @param may what each member must meet besides
     * @param originNanos a time near the times at which workers became idle
     */
    Givers(Predicate<Claimant> may, long originNanos) {
        Predicate<Claimant> holds = may.and(each -> each.places() > 0);
        Predicate<Claimant> ahead = holds.and(Claimant::isAboveWholeShare);
        idleSurplus = new ClaimantQueue(
                holds.and(Claimant::isIdle).and(Claimant::hasSurplus), each -> idleKey(each, originNanos));
        idleAhead = new ClaimantQueue(ahead.and(Claimant::isIdle), each -> idleKey(each, originNanos));
        largest = new ClaimantQueue(ahead, each -> ClaimKey.of(each.share() - each.places()));
        leastLag = new ClaimantQueue(ahead, each -> ClaimKey.of(each.lagNanos()));
        all = List.of(idleSurplus, idleAhead, largest, leastLag);
    }

    /** The difference is exact as a double for a hundred days. */
    private static ClaimKey idleKey(Claimant each, long originNanos) {
        return ClaimKey.of((double) (each.idleSinceNanos() - originNanos));
    }

    /** Adds a claimant to each order that it belongs to: at the beginning, and after each change of it. */
    void add(Claimant claimant) {
        all.forEach(queue -> queue.add(claimant));
    }

    /** The class with the longest idle worker that the taker may have. */
    Optional<Claimant> idleFor(Claimant taker) {
        Optional<Claimant> surplus = idleSurplus.firstOtherThan(taker);
        Optional<Claimant> ahead = taker.isBelowShare() ? idleAhead.firstOtherThan(taker) : Optional.empty();
        if (surplus.isEmpty() || ahead.isEmpty()) {
            return surplus.or(() -> ahead);
        }
        long longer = surplus.get().idleSinceNanos() - ahead.get().idleSinceNanos();
        boolean equal = longer == 0 && ahead.get().position() < surplus.get().position();
        return longer > 0 || equal ? ahead : surplus;
    }

    /** The class that is ahead of its share the most. */
    Optional<Claimant> largestFor(Claimant taker) {
        return largest.firstOtherThan(taker);
    }

    /** The class with the smallest lag of those with a place beyond the whole ones of their share. */
    Optional<Claimant> leastLagFor(Claimant taker) {
        return leastLag.firstOtherThan(taker);
    }

    /** The work so far. */
    long comparisons() {
        return all.stream().mapToLong(ClaimantQueue::comparisons).sum();
    }
}
