/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.failure.WorkerStartException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Limits how fast a class starts processes: mod_fcgid's spawn score, and exponential back-off after failed starts.
 *
 * <h2>Back-off</h2>
 *
 * <p>Processes that were started together and fail together count as one failure. The first failure costs nothing, so the
 * class recovers from a single one at once. From the second failure on the class waits 0.5 s, 1 s, 2 s … at most 30 s. A
 * changed file or a process that answers ends the wait.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class SpawnPolicy {

    private static final long FIRST_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final PoolSettings settings;
    private double score;
    private long scoredNanos;
    private int failures;
    private long failedNanos;
    private long backoffUntilNanos;
    private WorkerStartException lastFailure = new WorkerStartException("no process was started yet");

    SpawnPolicy(PoolSettings settings, long nowNanos) {
        this.settings = settings;
        this.scoredNanos = nowNanos;
        this.failedNanos = nowNanos;
        this.backoffUntilNanos = nowNanos;
    }

    /** Whether score and back-off allow a start now. */
    boolean allows(long nowNanos) {
        return !backingOff(nowNanos) && !scoreTooHigh(nowNanos);
    }

    /** Whether the class waits after failed starts. */
    boolean backingOff(long nowNanos) {
        return failures > 0 && backoffUntilNanos - nowNanos > 0;
    }

    /** Whether the last start failed, so that only one process at a time should be tried. */
    boolean probing() {
        return failures > 0;
    }

    /** The rest of the wait after failed starts; zero if the class does not wait. */
    Duration backoff(long nowNanos) {
        return backingOff(nowNanos) ? Duration.ofNanos(backoffUntilNanos - nowNanos) : Duration.ZERO;
    }

    /** The time at which {@link #allows} may become true; meaningless while it is true. */
    long retryNanos(long nowNanos) {
        if (backingOff(nowNanos)) {
            return backoffUntilNanos;
        }
        return nowNanos + TimeUnit.SECONDS.toNanos(1);
    }

    /** Why the last start failed. */
    WorkerStartException lastFailure() {
        return lastFailure;
    }

    /** The last failure, for requests that are refused because of it, with the rest of the wait as the time to retry. */
    WorkerStartException refusal(long nowNanos) {
        return backingOff(nowNanos) ? lastFailure.retriedAfter(backoff(nowNanos)) : lastFailure;
    }

    /** A process was started. */
    void started(long nowNanos) {
        addScore(settings.spawnScore(), nowNanos);
    }

    /** A process was reaped. */
    void ended(long nowNanos) {
        addScore(settings.terminationScore(), nowNanos);
    }

    /** A process could not be started, or ended before it accepted a request. */
    void failed(long processStartedNanos, long nowNanos, WorkerStartException why) {
        lastFailure = why;
        boolean sameWave = failures > 0 && processStartedNanos - failedNanos < 0;
        if (sameWave) {
            return;
        }
        failures++;
        failedNanos = nowNanos;
        backoffUntilNanos = nowNanos + delayNanos(failures);
    }

    /** A process answered, or the files changed: earlier failures do not count any more. */
    void resetFailures() {
        failures = 0;
    }

    private static long delayNanos(int failures) {
        if (failures < 2) {
            return 0;
        }
        int doublings = Math.min(failures - 2, 16);
        return Math.min(FIRST_DELAY_NANOS << doublings, MAX_DELAY_NANOS);
    }

    private boolean scoreTooHigh(long nowNanos) {
        if (settings.spawnScoreUpLimit() == 0) {
            return false;
        }
        addScore(0, nowNanos);
        return score >= settings.spawnScoreUpLimit();
    }

    private void addScore(int points, long nowNanos) {
        double seconds = (nowNanos - scoredNanos) / 1e9;
        score = Math.max(0, score + points - settings.timeScore() * seconds);
        scoredNanos = nowNanos;
    }
}
