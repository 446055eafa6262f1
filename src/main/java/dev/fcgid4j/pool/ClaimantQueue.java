/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The claimants of a {@link PermitPlan} that meet a condition, by a key. Condition and key depend on the claimant alone; both
 * may change with each {@link Claimant#changes() change} of the claimant, which is then to be added again.
 *
 * <p>An entry of an earlier state stays in the heap until it comes to its head, so a change costs no search. Each operation
 * costs O(log n), counted over a plan.
 *
 * <p>Threading: confined to the thread that makes the plan.
 */
final class ClaimantQueue {

    private final Predicate<Claimant> condition;
    private final Function<Claimant, ClaimKey> key;
    private final PriorityQueue<Entry> heap = new PriorityQueue<>(this::compare);
    private long comparisons;

    ClaimantQueue(Predicate<Claimant> condition, Function<Claimant, ClaimKey> key) {
        this.condition = condition;
        this.key = key;
    }

    private record Entry(Claimant claimant, int changes, ClaimKey key) {

        boolean isOutdated() {
            return changes != claimant.changes();
        }
    }

    private int compare(Entry a, Entry b) {
        comparisons++;
        int byKey = a.key.compareTo(b.key);
        return byKey != 0 ? byKey : Integer.compare(a.claimant.position(), b.claimant.position());
    }

    /** Adds a claimant if it meets the condition: at the beginning, and after each change of it. */
    void add(Claimant claimant) {
        if (condition.test(claimant)) {
            heap.add(new Entry(claimant, claimant.changes(), key.apply(claimant)));
        }
    }

    /** The claimant that comes first; it stays. Among equals the position decides. */
    Optional<Claimant> first() {
        Entry head = heap.peek();
        while (head != null && head.isOutdated()) {
            heap.remove();
            head = heap.peek();
        }
        return Optional.ofNullable(head).map(Entry::claimant);
    }

    /** The claimant that comes first, without one of them; it stays. */
    Optional<Claimant> firstOtherThan(Claimant excluded) {
        Optional<Claimant> first = first();
        if (first.isEmpty() || first.get() != excluded) {
            return first;
        }
        Entry head = heap.remove();
        Optional<Claimant> second = first();
        heap.add(head);
        return second;
    }

    /** Removes the claimant that comes first. */
    Optional<Claimant> removeFirst() {
        Optional<Claimant> first = first();
        if (first.isPresent()) {
            heap.remove();
        }
        return first;
    }

    /** How often two entries were compared: the work so far. */
    long comparisons() {
        return comparisons;
    }
}
