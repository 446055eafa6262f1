/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

/**
 * Decides whether a request is run on another worker after an attempt has failed.
 *
 * <h2>The worker never accepted the connection</h2>
 *
 * The application has not read the request, so any request is repeated, up to {@value #MAX_UNREAD} times.
 *
 * <h2>The worker was lost before the first byte of its response</h2>
 *
 * The application may have read the request. Only an idempotent request is repeated (RFC 9110 section 9.2.2), up to {@value
 * #MAX_LOSSES} times.
 *
 * <h2>The pool has stopped the worker</h2>
 *
 * The request has exceeded FcgidBusyTimeout, or the pool closes. Nothing is repeated, whatever the request was waiting for.
 *
 * <h2>A file changed while the request ran</h2>
 *
 * The response may come from a file that the worker has read half. An idempotent request is repeated until FcgidQuietTime
 * has passed since the first such response, with pauses that double from 1 ms to {@value #LONGEST_PAUSE_MILLIS} ms. After
 * that time a file that is still being written counts as complete, and the response stands.
 *
 * <p>Contract: counts and decides; calls nothing and reads no clock. Times are in nanoseconds on the pool's clock.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class RetryPolicy {

    static final int MAX_UNREAD = 20;
    static final int MAX_LOSSES = 2;
    static final int LONGEST_PAUSE_MILLIS = 64;

    private final boolean mayChangeWorker;
    private final boolean idempotent;
    private int unread;
    private int losses;
    private int pauseMillis = 1;
    private boolean hasPaused;
    private long untilNanos; // once paused

    /**
     * Creates the policy of one request.
     *
     * @param mayChangeWorker false for a request that tries one particular worker: nothing is repeated
     * @param idempotent whether the method is idempotent
     */
    RetryPolicy(boolean mayChangeWorker, boolean idempotent) {
        this.mayChangeWorker = mayChangeWorker;
        this.idempotent = idempotent;
    }

    /** The worker never accepted the connection: returns whether to repeat the request. */
    boolean repeatUnread() {
        return mayChangeWorker && ++unread <= MAX_UNREAD;
    }

    /**
     * The worker was lost before the first byte of its response: returns whether to repeat the request.
     *
     * @param stopped whether the pool stopped the worker
     */
    boolean repeatLost(boolean stopped) {
        return mayChangeWorker && idempotent && !stopped && ++losses <= MAX_LOSSES;
    }

    /**
     * Returns whether a response may be withheld and the request repeated, because a file changed.
     *
     * @param stopped whether the pool stopped the worker
     */
    boolean mayWithhold(boolean stopped, long nowNanos) {
        return mayChangeWorker && idempotent && !stopped && isTimeLeft(nowNanos);
    }

    /** Returns whether to wait longer for changed files to be complete. */
    boolean isTimeLeft(long nowNanos) {
        return !hasPaused || nowNanos - untilNanos < 0;
    }

    /**
     * Returns the length of the pause that begins now, before the request is repeated or the files are looked at again.
     *
     * @param quietNanos FcgidQuietTime
     */
    int pauseMillis(long nowNanos, long quietNanos) {
        if (!hasPaused) {
            hasPaused = true;
            untilNanos = nowNanos + quietNanos;
        }
        int pause = pauseMillis;
        pauseMillis = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        return pause;
    }
}
