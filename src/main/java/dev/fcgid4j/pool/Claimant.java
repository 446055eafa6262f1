/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.application.ShareGroup;

/**
 * One class in a {@link PermitPlan}: what it has and needs as the plan goes on, and what the plan does for it.
 *
 * <p>Threading: confined to the thread that makes the plan.
 */
final class Claimant {

    /** A share that is whole but for rounding errors is whole. */
    private static final double ROUNDING = 1e-6;

    private final ShareGroup group;
    private final int weight;
    private final ClassDemand demand;
    private final double lagNanos;
    private double share;
    private int places;
    private int missing;
    private boolean candidate;
    private int idle;
    private int granted;
    private int owed;
    private int position;
    private int changes;

    Claimant(ProcessClass of, ClassDemand demand, double lagNanos) {
        this.group = of.group();
        this.weight = of.limits().weight();
        this.demand = demand;
        this.lagNanos = lagNanos;
        this.places = demand.places();
        this.missing = demand.missing();
        this.candidate = demand.candidate();
        this.idle = demand.idle();
    }

    ShareGroup group() {
        return group;
    }

    int weight() {
        return weight;
    }

    int wanted() {
        return demand.wanted();
    }

    long idleSinceNanos() {
        return demand.idleSinceNanos();
    }

    /** How long a start of it takes. */
    long startNanos() {
        return demand.startNanos();
    }

    double lagNanos() {
        return lagNanos;
    }

    void share(double fair) {
        share = fair;
    }

    double share() {
        return share;
    }

    /** The places of the share that are whole: nothing is turned about them. */
    int wholeShare() {
        return (int) Math.floor(share + ROUNDING);
    }

    int places() {
        return places;
    }

    boolean isMissing() {
        return missing > 0;
    }

    /** Whether it had an idle worker when it was read. */
    boolean wasIdle() {
        return demand.idle() > 0;
    }

    boolean isIdle() {
        return idle > 0;
    }

    /** Whether it has fewer places than the whole ones of its share. */
    boolean isBelowWholeShare() {
        return places < wholeShare();
    }

    /** Whether it has less than its share. */
    boolean isBelowShare() {
        return places < share - ROUNDING;
    }

    /** Whether it has a place beyond the whole ones of its share. */
    boolean isAboveWholeShare() {
        return places > wholeShare();
    }

    /** Whether it has a place that it has not used lately. */
    boolean hasSurplus() {
        return places > demand.wanted();
    }

    /** Whether it has more places than its minimum. */
    boolean isOverMinimum() {
        return places > demand.minimum();
    }

    /** Gives it its position in the plan, which decides among equals. */
    void position(int index) {
        position = index;
    }

    int position() {
        return position;
    }

    /** How often what it has or needs was changed. */
    int changes() {
        return changes;
    }

    /** A free permit is set aside for it. */
    void grant() {
        granted++;
        expect();
    }

    /** A permit that comes free will be for it. */
    void expect() {
        places++;
        missing--;
        changes++;
    }

    /** Whether a worker of its own may give way to the candidate of its rollout. */
    boolean mayReplaceItself() {
        return candidate && places > 0;
    }

    /** A worker of its own gives way to the candidate of its rollout. */
    void replaceItself() {
        candidate = false;
        owe();
        expect();
    }

    /** Nothing more can be done for it now. */
    void waitOn() {
        missing = 0;
    }

    /** It gives up a worker. */
    void owe() {
        owed++;
        places--;
        idle = Math.max(0, idle - 1);
        changes++;
    }

    /** Permits to be set aside. */
    int granted() {
        return granted;
    }

    /** Workers to be given up. */
    int owed() {
        return owed;
    }

    /** The places that no other class takes away while they are idle. */
    int kept() {
        return Math.min(demand.wanted(), wholeShare());
    }
}
