/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

/**
 * A request for a worker, from {@link WorkerPool#acquire} until it is granted, refused or cancelled.
 *
 * <p>Threading: its place in the line is guarded by the group's lock.
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

    /** Whose workers it prefers: an opaque token, compared by identity. */
    Object affinity() {
        return affinity;
    }

    /** When it first asked for a worker, on the pool's clock. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** When its wait ends, on the pool's clock. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /** Whether it goes to the head of the line: it had a worker already and lost it without fault of its own. */
    boolean first() {
        return first;
    }
}
