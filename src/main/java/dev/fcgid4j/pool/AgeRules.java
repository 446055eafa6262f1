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
 * <p>Idle timeout and lifetime leave FcgidMinProcessesPerClass processes of a class alone.
 */
final class AgeRules {

    private static final long FAR_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final long idleNanos;
    private final long lifeNanos;
    private final long busyNanos;
    private final long graceNanos;
    private final int min;

    AgeRules(ClassLimits limits, Duration grace) {
        this.idleNanos = limits.idleTimeout().toNanos();
        this.lifeNanos = limits.lifeTime().toNanos();
        this.busyNanos = limits.busyTimeout().toNanos();
        this.graceNanos = grace.toNanos();
        this.min = limits.minProcesses();
    }

    /** Why the worker must be retired now; empty if it need not. */
    Optional<RetireReason> due(Worker worker, int livingInClass, long nowNanos) {
        return switch (worker.state()) {
            case IDLE -> {
                if (livingInClass > min && over(idleNanos, worker.stateSinceNanos(), nowNanos)) {
                    yield Optional.of(RetireReason.IDLE_TIMEOUT);
                }
                yield lifetimeOver(worker, livingInClass, nowNanos)
                        ? Optional.of(RetireReason.LIFETIME)
                        : Optional.empty();
            }
            case BUSY ->
                over(busyNanos, worker.stateSinceNanos(), nowNanos)
                        ? Optional.of(RetireReason.BUSY_TIMEOUT)
                        : Optional.empty();
            case STARTING, VERIFYING, RETIRING, DEAD -> Optional.empty();
        };
    }

    /** Whether the worker is too old to serve another request. */
    boolean lifetimeOver(Worker worker, int livingInClass, long nowNanos) {
        return livingInClass > min && over(lifeNanos, worker.startedNanos(), nowNanos);
    }

    /** Whether the worker was asked to end and its grace time is over. */
    boolean toBeKilled(Worker worker, long nowNanos) {
        return switch (worker.state()) {
            case RETIRING -> !worker.end().killed() && over(graceNanos, worker.stateSinceNanos(), nowNanos);
            case STARTING, IDLE, BUSY, VERIFYING, DEAD -> false;
        };
    }

    /** The time at which one of the answers above may change; at most a minute from now. */
    long nextNanos(Worker worker, int livingInClass, long nowNanos) {
        long far = nowNanos + FAR_NANOS;
        return switch (worker.state()) {
            case IDLE ->
                livingInClass > min
                        ? Math.min(
                                        after(idleNanos, worker.stateSinceNanos(), far) - nowNanos,
                                        after(lifeNanos, worker.startedNanos(), far) - nowNanos)
                                + nowNanos
                        : far;
            case BUSY -> after(busyNanos, worker.stateSinceNanos(), far);
            case RETIRING -> worker.end().killed() ? far : after(graceNanos, worker.stateSinceNanos(), far);
            case STARTING, VERIFYING, DEAD -> far;
        };
    }

    private static boolean over(long limitNanos, long sinceNanos, long nowNanos) {
        return limitNanos > 0 && nowNanos - sinceNanos >= limitNanos;
    }

    private static long after(long limitNanos, long sinceNanos, long far) {
        return limitNanos > 0 ? sinceNanos + limitNanos : far;
    }
}
