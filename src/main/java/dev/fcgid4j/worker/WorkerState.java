/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import dev.fcgid4j.observe.RetireReason;

/**
 * The life of a worker. Why it is going or gone is kept beside the state, as a {@link RetireReason}, never inside it.
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
    /** Decided on; the process isn't there yet. */
    STARTING,
    /** Waiting for a request. */
    IDLE,
    /** Serving exactly one request. */
    BUSY,
    /** It has loaded files that are not watched yet; gets no request until they are. */
    VERIFYING,
    /** Asked to end; not reaped yet. */
    RETIRING,
    /** Reaped, or never came to be. */
    DEAD;

    /** Whether a worker may move from this state to {@code next}. */
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
