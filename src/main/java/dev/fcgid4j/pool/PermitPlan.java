/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Who gets the next permits of the {@link ProcessBudget}, and which classes give up workers for that.
 *
 * <h2>Shares and turns</h2>
 *
 * <p>{@link FairShares} says how many places each class is due. The whole places of a share belong to the class: it gets
 * them at once and loses none of them. Fractions are places that several classes have in turns: the class with the largest
 * lag has the next turn, and a turn lasts until the lag of the class that waits is a quantum larger than the lag of the one
 * that has the place. This is start-time fair queueing of places: the lag is the distance of a class from the common virtual
 * time, in place-seconds.
 *
 * <h2>What is taken</h2>
 *
 * <p>One worker for each permit that is missing and not already on its way: idle workers first, then a worker that ends its
 * request. No request is interrupted. A candidate of a rollout for which no other class makes room replaces a worker of its
 * own class.
 *
 * <p>Threading: confined to one thread.
 */
final class PermitPlan {

    private static final double LONGEST_QUANTUM_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double SHORTEST_QUANTUM_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final double LONGEST_FOR_START_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** All classes that wait have had a turn after about this time, if their number allows it. */
    private static final double ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(1000);

    private final List<Claimant> claimants;
    private final double evenQuantumNanos;

    PermitPlan(int permits, List<Claimant> claimants) {
        this.claimants = claimants;
        FairShares.assign(permits, claimants);
        long contenders = claimants.stream().filter(each -> each.wanted() > 0).count();
        double even = ROUND_NANOS * permits / Math.max(1, contenders);
        evenQuantumNanos = Math.max(SHORTEST_QUANTUM_NANOS, Math.min(LONGEST_QUANTUM_NANOS, even));
    }

    /** Turns are short, so that every class has one soon, but at least twice as long as a start of the next class takes. */
    private double quantumNanos(Claimant taker) {
        return Math.max(evenQuantumNanos, Math.min(LONGEST_FOR_START_NANOS, 2.0 * taker.startNanos()));
    }

    /** Sets free permits aside for the classes whose turn it is. */
    void assignFree(BooleanSupplier tryAcquire) {
        Optional<Claimant> next = neediest();
        while (next.isPresent() && tryAcquire.getAsBoolean()) {
            next.get().grant();
            next = neediest();
        }
    }

    /**
     * Has classes give up workers for the permits that are still missing.
     *
     * @param coming permits that come free in any case, because workers stop
     */
    void take(int coming) {
        int left = coming;
        Optional<Claimant> next = neediest();
        while (next.isPresent()) {
            Optional<Claimant> giver = left > 0 ? Optional.empty() : giverFor(next.get());
            if (left > 0) {
                left--;
                next.get().expect();
            } else if (giver.isPresent()) {
                giver.get().owe();
                next.get().expect();
            } else if (next.get().mayReplaceItself()) {
                next.get().replaceItself();
            } else {
                next.get().waitOn();
            }
            next = neediest();
        }
    }

    /** The class that gets the next permit: below its whole share, else below its share, else any; by lag among equals. */
    private Optional<Claimant> neediest() {
        return claimants.stream()
                .filter(Claimant::isMissing)
                .min(Comparator.comparingInt(PermitPlan::rank)
                        .thenComparing(each -> each.isBelowWholeShare() && each.places() > 0)
                        .thenComparingDouble(each -> -each.lagNanos())
                        .thenComparingDouble(each -> each.places() - each.share()));
    }

    private static int rank(Claimant each) {
        return each.isBelowWholeShare() ? 0 : each.isBelowShare() ? 1 : 2;
    }

    private Optional<Claimant> giverFor(Claimant taker) {
        Optional<Claimant> idle = othersThan(taker)
                .filter(each -> each.isIdle() && (each.hasSurplus() || isAhead(each, taker)))
                .min((a, b) -> Long.signum(a.idleSinceNanos() - b.idleSinceNanos()));
        if (idle.isPresent() || !taker.isBelowShare()) {
            return idle;
        }
        Stream<Claimant> ahead = othersThan(taker).filter(each -> isAhead(each, taker));
        return taker.isBelowWholeShare()
                ? ahead.max(Comparator.comparingDouble(each -> each.places() - each.share()))
                : ahead.filter(each -> taker.lagNanos() - each.lagNanos() >= quantumNanos(taker))
                        .min(Comparator.comparingDouble(Claimant::lagNanos));
    }

    private static boolean isAhead(Claimant giver, Claimant taker) {
        return giver.isAboveWholeShare() && taker.isBelowShare();
    }

    private Stream<Claimant> othersThan(Claimant taker) {
        return claimants.stream().filter(each -> each != taker && each.places() > 0 && each.minimumAllows(taker));
    }
}
