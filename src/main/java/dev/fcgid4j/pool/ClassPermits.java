/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The account of one class at the {@link ProcessBudget}: permits set aside for it, permits that it owes to other classes,
 * and how far it is ahead of its fair share.
 *
 * <p>While a class waits for a permit, all free permits go through {@link PermitExchange}, which sets them aside for the
 * class whose turn it is. Otherwise the class that freed a permit would take it again at once.
 *
 * <p>Threading: the group's lock guards what the group reports and takes. {@link PermitExchange} sets aside and claims on
 * any thread. Its own lock guards the lag.
 */
final class ClassPermits {

    /** A class cannot save up more, nor owe more, than this many seconds of one place. */
    private static final double LARGEST_LAG_NANOS = 10e9;

    /** A class keeps the places that it has used within this time, as far as they are within its share. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** So many starts tell how long one takes. */
    private static final int STARTS = 4;

    private final ProcessBudget budget;
    private final AtomicInteger setAside = new AtomicInteger();
    private final AtomicInteger owed = new AtomicInteger();
    private volatile int kept = Integer.MAX_VALUE;

    // Guarded by the group's lock: what the class uses, and what the budget knows of it.
    private final RecentPeak used;
    private final long[] starts = new long[STARTS];
    private long startsNoted;
    private boolean reportedWanting;
    private boolean reportedStarving;

    // Guarded by the lock of the exchange.
    private double share;
    private double lagNanos;
    private long heldNanos;

    ClassPermits(ProcessBudget budget, long nowNanos) {
        this.budget = budget;
        this.used = new RecentPeak(KEPT_NANOS, nowNanos);
    }

    // ---- for the group --------------------------------------------------------------------------------------------

    /** Takes a permit that was set aside, or a free one if no class waits for one. */
    boolean tryAcquire() {
        return takeOne(setAside) || tryAcquireUnwanted();
    }

    /** Takes a free permit if no class waits for one. */
    boolean tryAcquireUnwanted() {
        return !budget.anyWanting() && budget.tryAcquire();
    }

    /** Gives back what is set aside; true if that was anything. */
    boolean giveBack() {
        int unused = setAside.get() == 0 ? 0 : setAside.getAndSet(0); // the usual case costs no write
        for (int i = 0; i < unused; i++) {
            budget.release();
        }
        return unused > 0;
    }

    /** Whether the class owes a permit; it counts as paid then. The caller retires a worker. */
    boolean pay() {
        return takeOne(owed);
    }

    /**
     * Reports what the class lacks, so that other classes leave free permits to the exchange.
     *
     * @param wanting whether it waits for a permit
     * @param starving whether it has no worker at all meanwhile
     */
    void report(boolean wanting, boolean starving) {
        if (wanting != reportedWanting) {
            reportedWanting = wanting;
            budget.wanting(wanting);
        }
        if (starving != reportedStarving) {
            reportedStarving = starving;
            budget.starving(starving);
        }
    }

    /** Notes how many requests are served or wait. */
    void noteUse(int requests, long nowNanos) {
        used.note(requests, nowNanos);
    }

    /** The largest number of requests that were served or waited at a time, lately. */
    int recentUse(long nowNanos) {
        return used.read(nowNanos);
    }

    /** Whether another class may want a place that this class has and does not need. */
    boolean isMoreThanKept(int places) {
        return places > kept && budget.anyWanting();
    }

    /** Notes how long a worker took from the decision to start it to the end of its first request. */
    void noteStart(long nanos) {
        starts[(int) (startsNoted % STARTS)] = nanos;
        startsNoted++;
    }

    /** The shortest of the last few times that were noted, for a first request may take long by itself; 0 before. */
    long startNanos() {
        return Arrays.stream(starts, 0, (int) Math.min(startsNoted, STARTS))
                .min()
                .orElse(0);
    }

    private static boolean takeOne(AtomicInteger from) {
        int now = from.get();
        while (now > 0) {
            if (from.compareAndSet(now, now - 1)) {
                return true;
            }
            now = from.get();
        }
        return false;
    }

    // ---- for the exchange -----------------------------------------------------------------------------------------

    /** The permits set aside that the class has not taken yet. */
    int setAside() {
        return setAside.get();
    }

    /** Sets permits aside, which the exchange has taken from the budget. */
    void setAside(int permits) {
        setAside.addAndGet(permits);
    }

    /** The class must give up so many workers: idle ones at once, others after their requests. */
    void owe(int permits) {
        owed.set(permits);
    }

    /** The number of places that no other class takes away while they are idle. */
    void keep(int places) {
        kept = places;
    }

    /**
     * Notes the fair share that holds from now on.
     *
     * @param places a number of places, not whole
     */
    void share(double places) {
        share = places;
    }

    /**
     * Time passed: the class was due its share of it, and has held places.
     *
     * @param wanting whether it waits for a permit; one that does not want more saves nothing up
     */
    void charge(long heldNowNanos, long elapsedNanos, boolean wanting) {
        double lag = lagNanos + share * elapsedNanos - (heldNowNanos - heldNanos);
        lagNanos = Math.max(-LARGEST_LAG_NANOS, Math.min(wanting ? LARGEST_LAG_NANOS : 0, lag));
        heldNanos = heldNowNanos;
    }

    /** No class waited for a permit, so nothing is due to any. */
    void resetLag(long heldNowNanos) {
        lagNanos = 0;
        heldNanos = heldNowNanos;
    }

    /** Place-time that was due to the class and that it did not have; less than zero if it had more. */
    double lagNanos() {
        return lagNanos;
    }
}
