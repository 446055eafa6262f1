/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

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
 * <p>A plan for n classes costs O(n log n): {@link ClaimantQueue} and {@link Givers} keep the classes in order while they
 * change.
 *
 * <p>Threading: confined to one thread.
 */
final class PermitPlan {

    private static final double LONGEST_QUANTUM_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double SHORTEST_QUANTUM_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final double LONGEST_FOR_START_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** All classes that wait have had a turn after about this time, if their number allows it. */
    private static final double ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(1000);

    private final double evenQuantumNanos;
    private final ClaimantQueue needing = new ClaimantQueue(Claimant::isMissing, PermitPlan::needKey);
    private final Givers overMinimum;
    private final Givers any;

    PermitPlan(int permits, List<Claimant> claimants) {
        FairShares.assign(permits, claimants);
        long contenders = claimants.stream().filter(each -> each.wanted() > 0).count();
        double even = ROUND_NANOS * permits / Math.max(1, contenders);
        evenQuantumNanos = Math.max(SHORTEST_QUANTUM_NANOS, Math.min(LONGEST_QUANTUM_NANOS, even));
        long originNanos = claimants.isEmpty() ? 0 : claimants.get(0).idleSinceNanos();
        overMinimum = new Givers(Claimant::isOverMinimum, originNanos);
        any = new Givers(each -> true, originNanos);
        for (int i = 0; i < claimants.size(); i++) {
            claimants.get(i).position(i);
            changed(claimants.get(i));
        }
    }

    private void changed(Claimant claimant) {
        needing.add(claimant);
        overMinimum.add(claimant);
        any.add(claimant);
    }

    /** Turns are short, so that every class has one soon, but at least twice as long as a start of the next class takes. */
    private double quantumNanos(Claimant taker) {
        return Math.max(evenQuantumNanos, Math.min(LONGEST_FOR_START_NANOS, 2.0 * taker.startNanos()));
    }

    /** Sets free permits aside for the classes whose turn it is. */
    void assignFree(BooleanSupplier tryAcquire) {
        Optional<Claimant> next = needing.first();
        while (next.isPresent() && tryAcquire.getAsBoolean()) {
            next.get().grant();
            changed(next.get());
            next = needing.first();
        }
    }

    /**
     * Has classes give up workers for the permits that are still missing.
     *
     * @param coming permits that come free in any case, because workers stop
     */
    void take(int coming) {
        int left = coming;
        Optional<Claimant> next = needing.removeFirst();
        while (next.isPresent()) {
            if (left > 0) {
                left--;
                next.get().expect();
                changed(next.get());
            } else {
                takeFor(next.get());
            }
            next = needing.removeFirst();
        }
    }

    private void takeFor(Claimant taker) {
        Optional<Claimant> giver = giverFor(taker);
        if (giver.isPresent()) {
            giver.get().owe();
            changed(giver.get());
            taker.expect();
        } else if (taker.mayReplaceItself()) {
            taker.replaceItself();
        } else {
            taker.waitOn();
            return;
        }
        changed(taker);
    }

    /** The class that gets the next permit: below its whole share, else below its share, else any; by lag among equals. */
    private static ClaimKey needKey(Claimant each) {
        int rank = each.isBelowWholeShare() ? 0 : each.isBelowShare() ? 1 : 2;
        int hasPlaces = each.isBelowWholeShare() && each.places() > 0 ? 1 : 0;
        return new ClaimKey(2 * rank + hasPlaces, -each.lagNanos(), each.places() - each.share());
    }

    /** The minimum of a class yields to a class without a process only. */
    private Optional<Claimant> giverFor(Claimant taker) {
        Givers givers = taker.places() == 0 ? any : overMinimum;
        Optional<Claimant> idle = givers.idleFor(taker);
        if (idle.isPresent() || !taker.isBelowShare()) {
            return idle;
        }
        return taker.isBelowWholeShare()
                ? givers.largestFor(taker)
                : givers.leastLagFor(taker).filter(each -> taker.lagNanos() - each.lagNanos() >= quantumNanos(taker));
    }

    /** How often two claimants were compared: the work so far, O(n log n) for n claimants. */
    long comparisons() {
        return needing.comparisons() + overMinimum.comparisons() + any.comparisons();
    }
}
