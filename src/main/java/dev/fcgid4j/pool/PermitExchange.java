/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Shares the permits of the {@link ProcessBudget} between the classes while some class waits for one. {@link PermitPlan}
 * decides; this class reads the classes and carries the plan out.
 *
 * <p>A plan is made when a class lacks more permits than before, when a permit comes free, when a class has an idle worker
 * beyond what it keeps, and ten times a second as long as any class waits. Each plan replaces what the last one claimed
 * and was not given yet.
 *
 * <p>Threading: any thread that holds no lock of a group. Its own lock is held while a plan is made; it takes the locks of
 * the groups under it, one after the other. The groups act after it was released.
 */
final class PermitExchange implements PermitTrade {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long FAR_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final ProcessBudget budget;
    private final Collection<GroupExecutor> groups;

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

    @Override
    public long share(long nowNanos) {
        if (budget.taken() == 0) {
            synchronized (budget) {
                budget.notifyAll();
            }
        }
        Steps.forEach(plan(nowNanos), group -> group.decide((g, now, actions) -> {}));
        return nextNanos(nowNanos);
    }

    /** When to share again, at the latest: soon while a class waits for a permit. */
    long nextNanos(long nowNanos) {
        return nowNanos + (budget.anyWanting() ? INTERVAL_NANOS : FAR_NANOS);
    }

    /** Shares again while a class waits for a permit; to be called in time. */
    long sweep(long nowNanos) {
        return budget.anyWanting() ? share(nowNanos) : nextNanos(nowNanos);
    }

    /** Makes a plan and returns the classes that can act on it at once. */
    private synchronized List<GroupExecutor> plan(long nowNanos) {
        List<GroupExecutor> asked = List.copyOf(groups);
        List<Claimant> claimants = new ArrayList<>();
        int coming = 0;
        for (GroupExecutor group : asked) {
            group.permits().owe(0); // before the class is read, so that no worker goes for an older plan meanwhile
            ClassDemand demand = group.askGroup(g -> ClassDemand.of(g, nowNanos));
            charge(group.permits(), demand, nowNanos);
            claimants.add(
                    new Claimant(group.processClass(), demand, group.permits().lagNanos()));
            coming += demand.stopping();
        }
        plannedNanos = nowNanos;
        contended = budget.anyWanting();
        PermitPlan plan = new PermitPlan(budget.permits(), claimants);
        plan.assignFree(budget::tryAcquire);
        plan.take(coming);
        return carryOut(asked, claimants);
    }

    private void charge(ClassPermits permits, ClassDemand demand, long nowNanos) {
        if (contended && demand.wanted() > 0) {
            permits.charge(demand.heldNanos(), nowNanos - plannedNanos, demand.missing() > 0);
        } else {
            permits.resetLag(demand.heldNanos());
        }
    }

    private List<GroupExecutor> carryOut(List<GroupExecutor> asked, List<Claimant> claimants) {
        List<GroupExecutor> acting = new ArrayList<>();
        boolean someWant = budget.anyWanting();
        for (int i = 0; i < asked.size(); i++) {
            GroupExecutor group = asked.get(i);
            Claimant claimant = claimants.get(i);
            group.permits().share(claimant.share());
            group.permits().keep(claimant.kept());
            group.permits().setAside(claimant.granted());
            group.permits().owe(claimant.owed());
            boolean gives = claimant.owed() > 0 && claimant.wasIdle();
            boolean fillsUp = !someWant && group.askGroup(g -> g.starts().fillsUpLater());
            if (claimant.granted() > 0 || gives || fillsUp) {
                acting.add(group);
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
