/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

/**
 * A question for a worker, from {@link WorkerPool#acquire} until a worker is granted or refused, or the question is
 * cancelled.
 *
 * <p>Threading: immutable. The group's lock guards its place in the line.
 */
final class Waiter {

    private final LeaseListener listener;
    private final Object affinity;
    private final long sinceNanos;
    private final long deadlineNanos;
    private final boolean first;

    Waiter(LeaseListener listener, AcquireOptions options, long queueTimeoutNanos) {
        this.listener = requireNonNull(listener, "listener");
        this.affinity = options.affinity();
        this.first = options.first();
        this.sinceNanos = options.sinceNanos();
        this.deadlineNanos = options.sinceNanos() + queueTimeoutNanos;
    }

    LeaseListener listener() {
        return listener;
    }

    /** The owner of the connections to prefer: an opaque token, compared by identity. */
    Object affinity() {
        return affinity;
    }

    /** The time of the request's first question, on the pool's clock. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** The time at which the wait ends, on the pool's clock. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Whether the request goes to the head of the line, because it lost a worker through no fault of its own. */
    boolean first() {
        return first;
    }
}
