/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * When a worker's time is over: idle timeout, lifetime, busy timeout, grace time. Stateless; the clock is an argument.
 *
 * <p>Idle timeout and lifetime leave FcgidMinProcessesPerClass ready workers of a class alone. A class whose minimum is its
 * maximum has no room for a successor beside an old worker, so there the lifetime may leave one less.
 */
final class AgeRules {

    private static final long FAR_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final long idleNanos;
    private final long lifeNanos;
    private final long busyNanos;
    private final long graceNanos;
    private final int min;
    private final int minOfLifetime;

    AgeRules(ClassLimits limits, Duration grace) {
        this.idleNanos = limits.idleTimeout().toNanos();
        this.lifeNanos = limits.lifeTime().toNanos();
        this.busyNanos = limits.busyTimeout().toNanos();
        this.graceNanos = grace.toNanos();
        this.min = Math.min(limits.minProcesses(), limits.maxProcesses());
        this.minOfLifetime = Math.min(min, limits.maxProcesses() - 1);
    }

    /**
     * Why the worker must be retired now; empty if it need not.
     *
     * @param ready the workers of the class that have a process and are not marked for retirement, this one included
     */
    Optional<RetireReason> due(Worker worker, int ready, long nowNanos) {
        return switch (worker.state()) {
            case IDLE -> {
                if (ready > min && over(idleNanos, worker.stateSinceNanos(), nowNanos)) {
                    yield Optional.of(RetireReason.IDLE_TIMEOUT);
                }
                yield lifetimeOver(worker, ready, nowNanos) ? Optional.of(RetireReason.LIFETIME) : Optional.empty();
            }
            case BUSY ->
                over(busyNanos, worker.stateSinceNanos(), nowNanos)
                        ? Optional.of(RetireReason.BUSY_TIMEOUT)
                        : Optional.empty();
            case STARTING, VERIFYING, RETIRING, DEAD -> Optional.empty();
        };
    }

    /** Whether the worker is too old to serve another request, and the class does not need it until a successor is ready. */
    boolean lifetimeOver(Worker worker, int ready, long nowNanos) {
        return ready > minOfLifetime && isTooOld(worker, nowNanos);
    }

    /** Whether the worker's lifetime is over. */
    boolean isTooOld(Worker worker, long nowNanos) {
        return over(lifeNanos, worker.startedNanos(), nowNanos);
    }

    /** Whether the worker was asked to end and its grace time is over. */
    boolean toBeKilled(Worker worker, long nowNanos) {
        return switch (worker.state()) {
            case RETIRING -> !worker.end().killed() && over(graceNanos, worker.stateSinceNanos(), nowNanos);
            case STARTING, IDLE, BUSY, VERIFYING, DEAD -> false;
        };
    }

    /** The time at which one of the answers above may change; at most a minute from now. */
    long nextNanos(Worker worker, int ready, long nowNanos) {
        long far = nowNanos + FAR_NANOS;
        return switch (worker.state()) {
            case IDLE -> nextOfIdle(worker, ready, nowNanos, far);
            case BUSY -> after(busyNanos, worker.stateSinceNanos(), far);
            case RETIRING -> worker.end().killed() ? far : after(graceNanos, worker.stateSinceNanos(), far);
            case STARTING, VERIFYING, DEAD -> far;
        };
    }

    /** A worker that is kept beyond its lifetime is looked at when its successor is ready. */
    private long nextOfIdle(Worker worker, int ready, long nowNanos, long far) {
        long idleOver = ready > min ? after(idleNanos, worker.stateSinceNanos(), far) : far;
        boolean kept = ready <= minOfLifetime && isTooOld(worker, nowNanos);
        long lifeOver = kept ? far : after(lifeNanos, worker.startedNanos(), far);
        return Deadlines.earlier(idleOver, lifeOver);
    }

    private static boolean over(long limitNanos, long sinceNanos, long nowNanos) {
        return limitNanos > 0 && nowNanos - sinceNanos >= limitNanos;
    }

    private static long after(long limitNanos, long sinceNanos, long far) {
        return limitNanos > 0 ? sinceNanos + limitNanos : far;
    }
}
