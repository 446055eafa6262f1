/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one class that wait for a worker.
 *
 * <p>Order: first come, first served, with two exceptions. A request that lost its worker through no fault of its own goes
 * to the head ({@link Waiter#first}). And a worker prefers one of the first {@value #SEARCH} requests of the event loop
 * that has its connection, as long as the head of the line has hardly waited; otherwise a busy class would open a new
 * connection for every other request.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class WaitingLine {

    private static final int SEARCH = 16;
    private static final long STRICT_ORDER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final int limit;
    private final LineSpeed speed = new LineSpeed();
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    /**
     * Creates an empty line.
     *
     * @param limit the longest line that more requests may join (FcgidQueueLength)
     */
    WaitingLine(int limit) {
        this.limit = limit;
    }

    void add(Waiter waiter) {
        if (waiter.first()) {
            waiters.addFirst(waiter);
        } else {
            waiters.addLast(waiter);
        }
    }

    /** Removes a request; nothing happens if it has left the line already. */
    void remove(Waiter waiter) {
        waiters.remove(waiter);
    }

    /**
     * Whether no more requests may join the line.
     *
     * @param servedSoon requests of the line that a worker serves in a moment; they do not count
     */
    boolean isFull(int servedSoon) {
        return waiters.size() - servedSoon >= limit;
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    int size() {
        return waiters.size();
    }

    /** Removes the head of the line, which must not be empty. */
    Waiter removeFirst() {
        return waiters.removeFirst();
    }

    /**
     * Removes the request that an idle worker serves next. The line must not be empty.
     *
     * @param affinity the event loop that has the worker's connection; null if there is none
     */
    Waiter removeNextFor(@Nullable Object affinity, long nowNanos) {
        speed.moved();
        Waiter head = waiters.getFirst();
        boolean inOrder =
                affinity == null || head.affinity() == affinity || nowNanos - head.sinceNanos() > STRICT_ORDER_NANOS;
        return inOrder ? removeFirst() : removeNear(affinity);
    }

    private Waiter removeNear(Object affinity) {
        int searched = 0;
        for (Iterator<Waiter> each = waiters.iterator(); each.hasNext() && searched < SEARCH; searched++) {
            Waiter waiter = each.next();
            if (waiter.affinity() == affinity) {
                each.remove();
                return waiter;
            }
        }
        return removeFirst();
    }

    /** A decision has ended: from now on these requests wait. */
    void observe(long nowNanos) {
        speed.observe(!waiters.isEmpty(), nowNanos);
    }

    /** How long a request would wait that joined the line now; zero if that is not known. */
    Duration expectedWait(long nowNanos) {
        return speed.timeFor(waiters.size() + 1, nowNanos);
    }

    /** Removes the requests whose deadline has come. The line is not in the order of deadlines. */
    List<Waiter> removeOverdue(long nowNanos) {
        List<Waiter> overdue = new ArrayList<>();
        waiters.removeIf(waiter -> waiter.deadlineNanos() - nowNanos <= 0 && overdue.add(waiter));
        return overdue;
    }

    /** Removes all requests, the head of the line first. */
    List<Waiter> removeAll() {
        List<Waiter> all = List.copyOf(waiters);
        waiters.clear();
        return all;
    }

    /** The earliest deadline of all requests; {@code latest} if that is earlier. */
    long nextDeadlineNanos(long latest) {
        long next = latest;
        for (Waiter waiter : waiters) {
            next = Deadlines.earlier(next, waiter.deadlineNanos());
        }
        return next;
    }
}
