/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.FreshnessMonitors;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.FcgiListener;
import dev.fcgid4j.observe.FcgiListeners;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all groups of a pool share: environment, permits, alarm, listener, monitors of files, and the check of new
 * generations.
 *
 * <p>Threading: any thread; no lock.
 */
final class PoolServices implements AutoCloseable {

    private final PoolEnvironment environment;
    private final PermitTrade permits;
    private final FreshnessMonitors monitors;
    private final FcgiListener listener;

    /** The shortest of all deadlines that a decision may set, over all classes so far. */
    private final AtomicLong shortestNanos = new AtomicLong(TimeUnit.SECONDS.toNanos(60));

    private volatile SweepAlarm alarm = whenNanos -> {};
    private volatile WarmUpCheck warmUpCheck = (lease, ready) -> {
        lease.release(Outcome.UNUSED);
        ready.accept(Optional.empty());
    };

    PoolServices(PoolSettings settings, PoolEnvironment environment, PermitTrade permits) {
        this.environment = environment;
        this.permits = permits;
        this.listener = new FcgiListeners(List.of(environment.listener()));
        this.monitors = new FreshnessMonitors(
                environment.freshness(listener),
                settings.quietTime(),
                environment.launcher().reportDirectory());
    }

    PoolEnvironment environment() {
        return environment;
    }

    PermitTrade permits() {
        return permits;
    }

    FreshnessMonitors monitors() {
        return monitors;
    }

    /** The time on the pool's clock. */
    long now() {
        return environment.nanoTime().getAsLong();
    }

    /** Reports an event to the listener; never throws. Not under a lock. */
    void report(FcgiEvent event) {
        listener.onEvent(event);
    }

    /** Runs a step that may fail while the steps after it are still needed: its failure is reported. Not under a lock. */
    void runReporting(ProcessClass processClass, String failure, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            report(new FcgiEvent.InternalFailure(processClass.name(), failure, e));
        }
    }

    /** Checks the processes of new generations; without it each counts as ready as soon as it was started. */
    void onWarmUp(WarmUpCheck check) {
        warmUpCheck = requireNonNull(check, "check");
    }

    WarmUpCheck warmUpCheck() {
        return warmUpCheck;
    }

    void onAlarm(SweepAlarm next) {
        alarm = requireNonNull(next, "next");
    }

    /** A sweep has something to do at this time, perhaps sooner than {@link #decided} expects. */
    void sweepAt(long nanos) {
        alarm.sweepAt(nanos);
    }

    /** A decision of some class sets no deadline sooner than this, counted from the decision. */
    void mayDecideIn(long nanos) {
        shortestNanos.accumulateAndGet(nanos, Math::min);
    }

    /** A group has decided something, whose deadlines the next sweep must meet. */
    void decided() {
        alarm.sweepAt(now() + shortestNanos.get());
    }

    @Override
    public void close() {
        monitors.close();
    }
}
