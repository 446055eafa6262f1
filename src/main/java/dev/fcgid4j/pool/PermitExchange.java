/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets the classes share the permits of the {@link ProcessBudget}: the worker that has been idle for the longest time in
 * any class makes room, and classes without a single process come first.
 *
 * <p>Threading: any thread; takes the locks of the groups, one after the other.
 */
final class PermitExchange implements PermitTrade {

    private final ProcessBudget budget;
    private final Collection<GroupExecutor> groups;

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
    public void makeRoomFor(ProcessClass wanting) {
        List<GroupExecutor> chosen = new ArrayList<>(1);
        long oldest = 0;
        for (GroupExecutor group : groups) {
            long since = group.processClass().equals(wanting)
                    ? Long.MIN_VALUE
                    : group.askGroup(g -> g.retirement().longestIdleSinceNanos());
            if (since != Long.MIN_VALUE && (chosen.isEmpty() || since - oldest < 0)) {
                chosen = List.of(group);
                oldest = since;
            }
        }
        chosen.forEach(GroupExecutor::makeRoom);
    }

    @Override
    public void permitFreed() {
        if (budget.taken() == 0) {
            synchronized (budget) {
                budget.notifyAll();
            }
        }
        List<GroupExecutor> wanting = new ArrayList<>();
        for (GroupExecutor group : groups) {
            if (group.askGroup(g -> g.starts().wantsPermit() || g.starts().fillsUpLater())) {
                wanting.add(group);
            }
        }
        wanting.sort(Comparator.comparing(group -> group.askGroup(PermitExchange::rank)));
        Steps.forEach(
                wanting,
                group -> group.decide((g, nowNanos, actions) -> g.starts().permitFreed()));
    }

    /** Classes without a process come first, and those that nobody waits for last. */
    private static int rank(WorkerGroup group) {
        StartControl starts = group.starts();
        return starts.isStarving() ? 0 : starts.wantsPermit() ? 1 : 2;
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
