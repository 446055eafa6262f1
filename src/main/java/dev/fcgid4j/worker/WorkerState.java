/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import dev.fcgid4j.observe.RetireReason;

/**
 * The states of a worker. The reason why a worker retires, a {@link RetireReason}, is kept beside its state.
 *
 * <pre>{@code
 * STARTING --> IDLE <--> BUSY       a BUSY worker marked for retirement finishes its request first
 *     \         |  \      |
 *      \        |  VERIFYING          entered from STARTING, IDLE or BUSY, left to IDLE or RETIRING
 *       \       |   |     |
 *        +---> RETIRING <-+
 *                |
 *              DEAD                reached from any state when the process has been reaped
 * }</pre>
 */
public enum WorkerState {
    /** The start was decided; the pool doesn't know the process yet. */
    STARTING,
    /** The worker waits for a request. */
    IDLE,
    /** The worker serves exactly one request. */
    BUSY,
    /** The worker has loaded files that are not verified yet. It gets no request until they are. */
    VERIFYING,
    /** The process was asked to end, and is not reaped yet. */
    RETIRING,
    /** The process was reaped, or was never started. */
    DEAD;

    /** Returns whether a worker may move from this state to {@code next}. */
    public boolean mayBecome(WorkerState next) {
        return switch (this) {
            case STARTING, BUSY -> next == IDLE || next == VERIFYING || next == RETIRING || next == DEAD;
            case IDLE -> next == BUSY || next == VERIFYING || next == RETIRING || next == DEAD;
            case VERIFYING -> next == IDLE || next == RETIRING || next == DEAD;
            case RETIRING -> next == DEAD;
            case DEAD -> false;
        };
    }
}
