/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.PoolClosedException;
import dev.fcgid4j.freshness.FreshnessMonitor;
import dev.fcgid4j.freshness.FreshnessMonitors;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.observe.RetireReason;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * All workers of all process classes, and the only place to get one.
 *
 * <p>Contract: {@link #acquire} gives a worker of the current generation, at once when one is idle, otherwise as soon as
 * one is free or has been started, first come first served, within the limits of {@link PoolSettings} and of the class. Nobody sleeps or
 * polls for a worker.
 *
 * <p>Threading: any thread; nothing here blocks but {@link #close}. Time is moved by {@link #sweep}, which {@link Reaper}
 * calls; a simulation calls it by hand.
 */
public final class WorkerPool implements AutoCloseable {

    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final PoolSettings settings;
    private final PoolEnvironment environment;
    private final ProcessBudget budget;
    private final AtomicLong shortestNanos = new AtomicLong(TimeUnit.SECONDS.toNanos(60)); // over all classes so far
    private final FreshnessMonitors monitors;
    private final ConcurrentHashMap<ProcessClass, PoolShell> groups = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile WarmUpCheck warmer = (lease, verdict) -> {
        lease.release(Outcome.UNUSED);
        verdict.accept(Optional.empty());
    };
    private volatile Alarm alarm = whenNanos -> {};

    /** Told that {@link #sweep} has something to do at this time on the pool's clock, perhaps earlier than thought. */
    @FunctionalInterface
    interface Alarm {
        void sweepAt(long whenNanos);
    }

    /** Creates an empty pool; it starts nothing by itself. */
    public WorkerPool(PoolSettings settings, PoolEnvironment environment) {
        this.settings = requireNonNull(settings, "settings");
        this.environment = requireNonNull(environment, "environment");
        this.budget = new ProcessBudget(settings.maxProcesses());
        this.monitors = new FreshnessMonitors(
                environment.freshness(),
                settings.quietTime(),
                environment.launcher().reportDirectory());
    }

    /**
     * Asks for a worker. Call {@code FileWatcher.drain()} first: then no worker older than the last completed change is
     * given.
     *
     * @param listener told exactly once, on any thread, perhaps before this returns
     * @return to give up waiting
     */
    public Ticket acquire(ProcessClass processClass, AcquireOptions options, LeaseListener listener) {
        Waiter waiter = new Waiter(
                listener, options, processClass.limits().queueTimeout().toNanos());
        while (true) {
            if (closed) {
                PoolShell.refuse(waiter, new PoolClosedException("the pool is closed"));
                return () -> {};
            }
            PoolShell known = groups.get(processClass);
            PoolShell shell = known != null ? known : addGroup(processClass);
            if (shell.acquire(waiter)) {
                if (options.first()) {
                    alarm.sweepAt(waiter.deadlineNanos()); // nearer than anybody else's
                }
                return () -> shell.cancel(waiter);
            }
            groups.remove(processClass, shell);
        }
    }

    /**
     * Whether no file of a class is being written or away. Knows of everything changed before the call. May read the disk.
     */
    public boolean filesAreWhole(ProcessClass processClass) {
        PoolShell shell = groups.get(processClass);
        return shell == null || shell.freshness().filesAreWhole();
    }

    /** The place of a request in the line. */
    @FunctionalInterface
    public interface Ticket {
        /** Leaves the line; nothing happens when the request has left it already, so a lease may still arrive. */
        void cancel();
    }

    /**
     * Stops the workers of a class, busy ones after their request, because its configuration changed.
     *
     * @return whether the pool knows the class
     */
    public boolean retire(ProcessClass processClass) {
        PoolShell shell = groups.get(processClass);
        if (shell != null) {
            shell.retireAll(RetireReason.APPLICATION_CHANGED);
        }
        return shell != null;
    }

    /**
     * Replaces the workers of a class as a change of its files does: busy ones after their request, by rolling if the class
     * says so, and not before files that are changing have come to rest.
     *
     * @param name as the snapshot calls it
     * @return whether there is such a class
     */
    public boolean recycle(String name) {
        boolean found = false;
        for (PoolShell shell : groups.values()) {
            if (shell.processClass().name().equals(name)) {
                found = true;
                shell.recycle();
            }
        }
        return found;
    }

    /** Where the messages of a class's application go: a logger named after it. */
    public Optional<Logger> applicationLog(ProcessClass processClass) {
        return Optional.ofNullable(groups.get(processClass)).map(PoolShell::applicationLog);
    }

    /** What it looks like now. Reads a file per worker: not for event loops. */
    public PoolSnapshot snapshot() {
        long now = now();
        List<PoolSnapshot.ClassSnapshot> classes = new ArrayList<>();
        for (PoolShell shell : groups.values()) {
            FreshnessMonitor.WatchedFiles watched = shell.freshness().watchedFiles();
            classes.add(
                    shell.askGroup(group -> Snapshots.take(group, watched, now)).withMemory());
        }
        classes.sort(Comparator.comparing(PoolSnapshot.ClassSnapshot::name));
        long comparisons = environment.watcher().comparisons();
        return new PoolSnapshot(Clock.systemUTC().instant(), budget.taken(), budget.permits(), comparisons, classes);
    }

    /** Processes of all classes, those being stopped included. */
    public int processes() {
        return budget.taken();
    }

    /**
     * Does what time asks for: timeouts, kills, retries.
     *
     * @return when to come again at the latest, on the pool's clock
     */
    long sweep(long nowNanos) {
        long next = nowNanos + TimeUnit.SECONDS.toNanos(60);
        for (PoolShell shell : groups.values()) {
            long due = shell.sweep(nowNanos);
            next = due - next < 0 ? due : next;
            if (shell.goneIfUnusedSince(nowNanos - FORGET_NANOS)) {
                groups.remove(shell.processClass(), shell);
                shell.report(new FcgiEvent.ClassForgotten(shell.processClass().name()));
            }
        }
        return next;
    }

    /** Names who tries processes of new generations; without one, each counts as ready when it has been started. */
    public void onWarm(WarmUpCheck tries) {
        warmer = requireNonNull(tries, "tries");
    }

    void warm(Lease lease, Consumer<Optional<String>> verdict) {
        warmer.warm(lease, verdict);
    }

    /** Names who is told when to sweep. */
    void onAlarm(Alarm listener) {
        alarm = requireNonNull(listener, "listener");
    }

    /**
     * Takes no more requests, refuses those in line and stops what is idle. Busy workers are stopped after their request.
     * Returns at once.
     */
    public void shutDown() {
        closed = true;
        groups.values().forEach(PoolShell::close);
    }

    /** Waits until every worker is gone, or the time is over; true when all are gone. */
    public boolean awaitEmpty(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (budget) {
            while (budget.taken() > 0) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(budget, left);
            }
        }
        return true;
    }

    /** Stops what still serves a request. Returns at once; the processes end within the grace time. */
    public void stopBusy() {
        groups.values().forEach(PoolShell::stopBusy);
    }

    /** {@link #shutDown} and {@link #stopBusy} and the end of all watches; the launcher kills what is left. */
    @Override
    public void close() {
        shutDown();
        stopBusy();
        groups.values().forEach(shell -> shell.freshness().close());
        monitors.close();
    }

    /** The process with this id has loaded something; for a simulation, where nobody writes notes. */
    void hasLoaded(long pid) {
        for (PoolShell shell : groups.values()) {
            shell.askGroup(group -> List.copyOf(group.living())).stream()
                    .filter(worker -> worker.pid() == pid)
                    .forEach(shell.freshness()::reported);
        }
    }

    /** Its settings; they never change. Any thread. */
    public PoolSettings settings() {
        return settings;
    }

    PoolEnvironment environment() {
        return environment;
    }

    FreshnessMonitors monitors() {
        return monitors;
    }

    /** A group wants a process but has no permit: the idle worker that has rested longest anywhere else goes. */
    void makeRoom(PoolShell forWhom) {
        PoolShell victim = null;
        long oldest = 0;
        for (PoolShell shell : groups.values()) {
            long since = shell == forWhom ? Long.MIN_VALUE : shell.askGroup(WorkerGroup::restingSinceNanos);
            if (since != Long.MIN_VALUE && (victim == null || since - oldest < 0)) {
                victim = shell;
                oldest = since;
            }
        }
        if (victim != null) {
            victim.makeRoom();
        }
    }

    /** A permit was given back: whoever wanted one tries again. */
    void permitFreed() {
        if (budget.taken() == 0) {
            synchronized (budget) {
                budget.notifyAll();
            }
        }
        for (PoolShell shell : hungryFirst()) {
            shell.permitFreed();
        }
    }

    /** Something was decided: whatever deadline it set is not nearer than the shortest of all. Costs no lock. */
    void decided() {
        alarm.sweepAt(now() + shortestNanos.get());
    }

    /** Something is to be looked at then, perhaps sooner than {@link #decided} expects. */
    void sweepAt(long nanos) {
        alarm.sweepAt(nanos);
    }

    private List<PoolShell> hungryFirst() {
        List<PoolShell> hungry = new ArrayList<>();
        for (PoolShell shell : groups.values()) {
            if (shell.askGroup(WorkerGroup::wantsPermit)) {
                hungry.add(shell);
            }
        }
        hungry.sort(Comparator.comparing(shell -> !shell.askGroup(WorkerGroup::starving)));
        return hungry;
    }

    private PoolShell addGroup(ProcessClass processClass) {
        List<PoolShell> added = new ArrayList<>(1);
        PoolShell shell = groups.computeIfAbsent(processClass, missing -> {
            added.add(newGroup(missing));
            return added.get(0);
        });
        added.forEach(
                each -> each.report(new FcgiEvent.ClassAdded(processClass.name(), each.askGroup(WorkerGroup::meter))));
        return shell;
    }

    private PoolShell newGroup(ProcessClass processClass) {
        shortestNanos.accumulateAndGet(settings.shortest(processClass.limits()).toNanos(), Math::min);
        return new PoolShell(this, processClass, new WorkerGroup(processClass, settings, budget, now()));
    }

    /** The time on the pool's clock, in nanoseconds. */
    public long now() {
        return environment.nanoTime().getAsLong();
    }
}
