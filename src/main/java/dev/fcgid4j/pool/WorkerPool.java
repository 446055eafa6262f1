/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.PoolClosedException;
import dev.fcgid4j.freshness.FreshnessEvents;
import dev.fcgid4j.freshness.FreshnessMonitor;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.observe.RetireReason;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * The workers of all process classes.
 *
 * <h2>Contract</h2>
 *
 * <p>{@link #acquire} grants a worker of the current generation: at once if one is idle, otherwise as soon as one becomes
 * free or has been started. Requests are served in the order in which they came, within the limits of {@link PoolSettings}
 * and of the class. No thread sleeps or polls for a worker.
 *
 * <h2>Time</h2>
 *
 * <p>The pool has no thread. {@link Reaper} calls {@link #sweep} in time; a simulation calls it by hand.
 *
 * <p>Threading: any thread; no method blocks except {@link #awaitEmpty}.
 */
public final class WorkerPool implements AutoCloseable {

    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long LONGEST_SWEEP_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final PoolSettings settings;
    private final ConcurrentHashMap<ProcessClass, GroupExecutor> groups = new ConcurrentHashMap<>();
    private final ProcessBudget budget;
    private final PermitExchange permits;
    private final PoolServices services;
    private volatile boolean closed;

    /** Creates an empty pool; it starts nothing by itself. */
    public WorkerPool(PoolSettings settings, PoolEnvironment environment) {
        this.settings = requireNonNull(settings, "settings");
        this.budget = new ProcessBudget(settings.maxProcesses());
        this.permits = new PermitExchange(budget, groups.values());
        this.services = new PoolServices(settings, requireNonNull(environment, "environment"), permits::request);
    }

    /** The place of a request in the line. */
    @FunctionalInterface
    public interface Ticket {
        /** Leaves the line. Nothing happens if the request has left it already, so a lease may still arrive. */
        void cancel();
    }

    /**
     * Asks for a worker. Call {@code FileWatcher.drain()} first: then no worker older than the last completed change is
     * granted.
     *
     * @param listener called exactly once, on any thread, perhaps before this method returns
     * @return cancels the question
     */
    public Ticket acquire(ProcessClass processClass, AcquireOptions options, LeaseListener listener) {
        Waiter waiter = new Waiter(
                listener, options, processClass.limits().queueTimeout().toNanos());
        while (true) {
            if (closed) {
                listener.refused(new PoolClosedException("the pool is closed"));
                return () -> {};
            }
            GroupExecutor known = groups.get(processClass);
            GroupExecutor group = known != null ? known : addGroup(processClass);
            if (group.acquire(waiter)) {
                if (options.first()) {
                    services.sweepAt(waiter.deadlineNanos()); // it may be the earliest deadline of all
                }
                return () -> group.decide((g, nowNanos, actions) -> g.line().remove(waiter));
            }
            groups.remove(processClass, group);
        }
    }

    private GroupExecutor addGroup(ProcessClass processClass) {
        List<GroupExecutor> added = new ArrayList<>(1);
        GroupExecutor group = groups.computeIfAbsent(processClass, missing -> {
            added.add(newGroup(missing));
            return added.get(0);
        });
        added.forEach(each -> services.report(new FcgiEvent.ClassAdded(
                processClass.name(), each.askGroup(g -> g.history().requests()))));
        return group;
    }

    private GroupExecutor newGroup(ProcessClass processClass) {
        services.mayDecideIn(settings.shortest(processClass.limits()).toNanos());
        WorkerGroup group = new WorkerGroup(processClass, settings, budget, now());
        return new GroupExecutor(processClass, group, services);
    }

    /**
     * Whether no file of a class is being written or missing. Knows every change that was completed before the call. May
     * read the disk.
     */
    public boolean filesAreWhole(ProcessClass processClass) {
        GroupExecutor group = groups.get(processClass);
        return group == null || group.freshness().filesAreWhole();
    }

    /**
     * Retires the workers of a class, busy ones after their request, because its configuration changed.
     *
     * @return whether the pool knows the class
     */
    public boolean retire(ProcessClass processClass) {
        GroupExecutor group = groups.get(processClass);
        if (group != null) {
            group.decide((g, nowNanos, actions) ->
                    g.retirement().retireAll(RetireReason.APPLICATION_CHANGED, nowNanos, actions));
        }
        return group != null;
    }

    /**
     * Replaces the workers of a class as a change of its files does: busy ones after their request, by rolling if the class
     * is set up so, and not before files that are changing are complete.
     *
     * @param name the name of the class in snapshots
     * @return whether there is such a class
     */
    public boolean recycle(String name) {
        boolean found = false;
        for (GroupExecutor group : groups.values()) {
            if (group.processClass().name().equals(name)) {
                found = true;
                group.decide(FreshnessEvents::recycled);
            }
        }
        return found;
    }

    /** The logger for the messages of a class's application; empty if the pool does not know the class. */
    public Optional<Logger> applicationLog(ProcessClass processClass) {
        return Optional.ofNullable(groups.get(processClass)).map(GroupExecutor::applicationLog);
    }

    /** The state of all classes. Reads a file per worker: not for event loops. */
    public PoolSnapshot snapshot() {
        List<PoolSnapshot.ClassSnapshot> classes = new ArrayList<>();
        for (GroupExecutor group : groups.values()) {
            FreshnessMonitor.WatchedFiles watched = group.freshness().watchedFiles();
            classes.add(group.askGroup(g -> Snapshots.take(group.processClass(), g, watched, now()))
                    .withMemory());
        }
        classes.sort(Comparator.comparing(PoolSnapshot.ClassSnapshot::name));
        long comparisons = services.environment().watcher().comparisons();
        return new PoolSnapshot(Clock.systemUTC().instant(), budget.taken(), budget.permits(), comparisons, classes);
    }

    /** The number of processes of all classes, including those that are being stopped. */
    public int processes() {
        return budget.taken();
    }

    /**
     * Does what is due: timeouts, kills, retries of starts.
     *
     * @return the time of the next call on the pool's clock, at the latest
     */
    long sweep(long nowNanos) {
        AtomicLong next = new AtomicLong(nowNanos + LONGEST_SWEEP_NANOS);
        try {
            Steps.forEach(groups.values(), group -> next.accumulateAndGet(sweep(group, nowNanos), Deadlines::earlier));
        } finally {
            next.accumulateAndGet(permits.sweep(nowNanos), Deadlines::earlier);
        }
        return next.get();
    }

    private long sweep(GroupExecutor group, long nowNanos) {
        long next = group.sweep(nowNanos);
        if (group.dropIfUnusedSince(nowNanos - FORGET_NANOS)) {
            groups.remove(group.processClass(), group);
            services.report(new FcgiEvent.ClassForgotten(group.processClass().name()));
        }
        return next;
    }

    /** Registers the check of new generations; without it each process counts as ready as soon as it was started. */
    public void onWarm(WarmUpCheck check) {
        services.onWarmUp(check);
    }

    /** Registers what makes sure that {@link #sweep} is called in time. */
    void onAlarm(SweepAlarm alarm) {
        services.onAlarm(alarm);
    }

    /**
     * Accepts no more requests, refuses those in line and retires all workers, busy ones after their request. Returns at
     * once.
     */
    public void shutDown() {
        closed = true;
        Steps.forEach(
                groups.values(),
                group -> group.decide((g, nowNanos, actions) -> g.retirement().close(nowNanos, actions)));
    }

    /** Waits until every process is gone, or the time is over; true if all are gone. */
    public boolean awaitEmpty(Duration limit) throws InterruptedException {
        return permits.awaitAll(limit);
    }

    /** Stops the workers that still serve a request. Returns at once; the processes end within the grace time. */
    public void stopBusy() {
        Steps.forEach(
                groups.values(),
                group -> group.decide((g, nowNanos, actions) -> g.retirement().stopBusy(nowNanos, actions)));
    }

    /** {@link #shutDown}, {@link #stopBusy}, and the end of all watches. The launcher kills the processes that remain. */
    @Override
    public void close() {
        shutDown();
        stopBusy();
        groups.values().forEach(group -> group.freshness().close());
        services.close();
    }

    /** The settings; they never change. */
    public PoolSettings settings() {
        return settings;
    }

    /** The time on the pool's clock, in nanoseconds. */
    public long now() {
        return services.now();
    }

    /** The groups of all classes; a live view. */
    Collection<GroupExecutor> groups() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /** Reports an event to the listener. */
    void report(FcgiEvent event) {
        services.report(event);
    }
}
