/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Shares the permits of the {@link ProcessBudget} between the classes while some class waits for one. {@link PermitPlan}
 * decides; this class reads the classes and carries the plan out.
 *
 * <h2>When a plan is made</h2>
 *
 * <p>A plan is due when a class lacks more permits than before, when a permit comes free, when a class has an idle worker
 * beyond what it keeps, and ten times a second as long as any class waits. {@link #request} only marks a plan as due, for
 * event loops call it; {@link #sweep} makes it, on the thread of {@link Reaper}. Requests that come meanwhile are met by one
 * plan. After a plan there is a pause, the longer the more classes there are, so that plans never take the whole processor.
 * Each plan replaces what the last one claimed and was not given yet.
 *
 * <p>Threading: {@link #request} on any thread, without a lock. The others on any thread that holds no lock of a group; no
 * event loop. The lock of the exchange is held while a plan is made; it takes the locks of the groups under it, one after
 * the other. The groups act after it was released.
 */
final class PermitExchange implements PermitTrade {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FAR_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** Between two plans. A sweep and a plan take some microseconds for each class. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long PAUSE_FOR_CLASS_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private final ProcessBudget budget;
    private final Collection<GroupExecutor> groups;

    private final AtomicBoolean due = new AtomicBoolean();
    private volatile boolean anyPlan;
    private volatile long pauseEndNanos;

    // Guarded by this.
    private boolean contended;
    private long plannedNanos;

    /**
     * Creates an exchange.
     *
     * @param groups a live view of all classes
     */
    PermitExchange(ProcessBudget budget, Collection<GroupExecutor> groups) {
        this.budget = budget;
        this.groups = groups;
    }

    /**
     * Has the permits shared by the next {@link #sweep}. Returns at once.
     *
     * @return when to sweep, on the pool's clock
     */
    long request(long nowNanos) {
        notifyIfAllGivenBack();
        due.set(true);
        return isPausing(nowNanos) ? pauseEndNanos : nowNanos;
    }

    private boolean isPausing(long nowNanos) {
        return anyPlan && pauseEndNanos - nowNanos > 0;
    }

    private void notifyIfAllGivenBack() {
        if (budget.taken() == 0) {
            synchronized (budget) {
                budget.notifyAll();
            }
        }
    }

    /** Shares at once. */
    @Override
    public long share(long nowNanos) {
        notifyIfAllGivenBack();
        due.set(false); // before the classes are read, so that no request is lost
        List<GroupExecutor> acting = plan(nowNanos);
        pauseEndNanos = nowNanos + PAUSE_NANOS + groups.size() * PAUSE_FOR_CLASS_NANOS;
        anyPlan = true;
        Steps.forEach(acting, group -> group.decide((g, now, actions) -> {}));
        return nextNanos(nowNanos);
    }

    /** When to share again, at the latest: soon while a class waits for a permit. */
    long nextNanos(long nowNanos) {
        return nowNanos + (budget.anyWanting() ? INTERVAL_NANOS : FAR_NANOS);
    }

    /**
     * Shares if that is due: it was requested, or a class waits for a permit and the last plan is old.
     *
     * @return when to sweep again, at the latest
     */
    long sweep(long nowNanos) {
        if (!due.get() && !budget.anyWanting()) {
            return nextNanos(nowNanos);
        }
        return isPausing(nowNanos) ? pauseEndNanos : share(nowNanos);
    }

    /** One class in the present plan. */
    private record Party(GroupExecutor group, Claimant claimant, boolean fillsUp) {}

    /** Makes a plan and returns the classes that can act on it at once. */
    private synchronized List<GroupExecutor> plan(long nowNanos) {
        List<Party> parties = new ArrayList<>();
        int coming = 0;
        for (GroupExecutor group : groups) {
            ClassPermits permits = group.permits();
            permits.owe(0); // before the class is read, so that no worker goes for an older plan meanwhile
            DemandReading reading = group.askGroup(g -> DemandReading.of(g, nowNanos));
            charge(permits, reading.demand(), nowNanos);
            if (reading.isOutside()) {
                permits.share(0);
                permits.keep(0);
            } else {
                Claimant claimant = new Claimant(group.processClass(), reading.demand(), permits.lagNanos());
                parties.add(new Party(group, claimant, reading.fillsUp()));
                coming += reading.demand().stopping();
            }
        }
        plannedNanos = nowNanos;
        contended = budget.anyWanting();
        PermitPlan plan = new PermitPlan(
                budget.permits(), parties.stream().map(Party::claimant).toList());
        plan.assignFree(budget::tryAcquire);
        plan.take(coming);
        return carryOut(parties);
    }

    private void charge(ClassPermits permits, ClassDemand demand, long nowNanos) {
        if (contended && demand.wanted() > 0) {
            permits.charge(demand.heldNanos(), nowNanos - plannedNanos, demand.missing() > 0);
        } else {
            permits.resetLag(demand.heldNanos());
        }
    }

    private List<GroupExecutor> carryOut(List<Party> parties) {
        List<GroupExecutor> acting = new ArrayList<>();
        boolean someWant = budget.anyWanting();
        for (Party party : parties) {
            ClassPermits permits = party.group().permits();
            Claimant claimant = party.claimant();
            permits.share(claimant.share());
            permits.keep(claimant.kept());
            permits.setAside(claimant.granted());
            permits.owe(claimant.owed());
            boolean gives = claimant.owed() > 0 && claimant.wasIdle();
            if (claimant.granted() > 0 || gives || (!someWant && party.fillsUp())) {
                acting.add(party.group());
            }
        }
        return acting;
    }

    /** Waits until all permits are given back, or the time is over; true if all are. */
    boolean awaitAll(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (budget) {
            while (budget.taken() > 0) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(budget, left);
            }
        }
        return true;
    }
}
