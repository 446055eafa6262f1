/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.freshness.FreshnessEvents;
import dev.fcgid4j.freshness.FreshnessExecutor;
import dev.fcgid4j.freshness.FreshnessMonitor;
import dev.fcgid4j.limits.BlockingCall;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessActivity;
import dev.fcgid4j.worker.Worker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * Runs one {@link WorkerGroup}: takes the lock, lets the group decide, releases the lock, performs the actions.
 *
 * <p>Threading: any thread. The lock is held for the decision alone; launcher, listeners and leases are called without it.
 *
 * <p>Failure: an action that throws is reported, and the other actions of its decision are performed all the same. The lease
 * of a listener that throws is released. The first {@link Error} is thrown at the end.
 */
final class GroupExecutor implements LockedGroup, LeaseOwner, FreshnessExecutor {

    private final ProcessClass processClass;
    private final PoolServices services;
    private final ReentrantLock lock = new ReentrantLock();
    private final WorkerGroup group;
    private final FreshnessMonitor freshness;
    private final WorkerStarter starter;

    private final AtomicBoolean keepsConnections;

    // Guarded by the lock. Once true, the pool uses another group for the class.
    private boolean dropped;

    GroupExecutor(ProcessClass processClass, WorkerGroup group, PoolServices services) {
        this.processClass = processClass;
        this.keepsConnections = new AtomicBoolean(processClass.limits().keepConnection());
        this.services = services;
        this.group = group;
        this.freshness = services.monitors().create(processClass, this);
        this.starter = new WorkerStarter(processClass, services, freshness, this);
    }

    ProcessClass processClass() {
        return processClass;
    }

    /** The account of the class at the budget. */
    ClassPermits permits() {
        return group.permits();
    }

    /** The logger for the application's own messages. */
    Logger applicationLog() {
        return starter.applicationLog();
    }

    @Override
    public FreshnessMonitor freshness() {
        return freshness;
    }

    /** A request asks for a worker; false if the group was dropped and the pool must use another one. */
    boolean acquire(Waiter waiter) {
        List<PoolAction> actions;
        lock.lock();
        try {
            if (dropped) {
                return false;
            }
            actions = group.acquire(waiter, services.now());
        } finally {
            lock.unlock();
        }
        performAll(actions);
        return true;
    }

    /** A change of a file may explain that a worker failed its first request, so changes are learned first. */
    @Override
    public void released(Worker worker, Outcome outcome) {
        if (outcome.retire().isPresent() && worker.requests() == 0) {
            BlockingCall.start(
                    services.environment().blocking(),
                    Runnable::run,
                    () -> {
                        freshness.learnOfChanges();
                        return outcome;
                    },
                    new ChangesLearned(worker, outcome));
        } else {
            releasedNow(worker, outcome);
        }
    }

    private void releasedNow(Worker worker, Outcome outcome) {
        performAll(askGroup(g -> g.released(worker, outcome, services.now())));
    }

    /** Ends a lease when the changes are known, or can't be found out. */
    private final class ChangesLearned implements BlockingCall.Receiver<Outcome> {
        private final Worker worker;
        private final Outcome outcome;

        ChangesLearned(Worker worker, Outcome outcome) {
            this.worker = worker;
            this.outcome = outcome;
        }

        @Override
        public void done(Outcome result) {
            releasedNow(worker, outcome);
        }

        @Override
        public void failed(Throwable why) {
            report(new FcgiEvent.InternalFailure(processClass.name(), "can't look for changes before " + worker, why));
            releasedNow(worker, outcome);
        }
    }

    /** Files whose changes the kernel does not report must be compared before the class's next request. */
    @Override
    public void proven(Worker worker) {
        if (freshness.isPolled()) {
            decide((g, nowNanos, actions) -> g.freshnessApplier().proven(worker, nowNanos, actions));
        }
    }

    @Override
    public boolean keepsConnections() {
        return keepsConnections.get();
    }

    @Override
    public void keptConnectionUnread(Worker worker) {
        if (keepsConnections.compareAndSet(true, false)) {
            report(WorkerEvents.keptConnectionUnread(worker));
        }
    }

    @Override
    public void askActivity(Worker worker, Consumer<Optional<ProcessActivity>> answer) {
        try {
            services.environment()
                    .blocking()
                    .execute(() -> answer.accept(worker.process().flatMap(ApplicationProcess::activity)));
        } catch (RejectedExecutionException e) {
            answer.accept(Optional.empty()); // the pool closes
        }
    }

    /** Does what is due and returns when to come again. */
    long sweep(long nowNanos) {
        performAll(askGroup(g -> g.decide(WorkerGroup::sweep, nowNanos)));
        return askGroup(g -> g.nextSweepNanos(nowNanos));
    }

    /** Drops the group if it was not used since then; true if it is dropped. */
    boolean dropIfUnusedSince(long nanos) {
        boolean unused = askGroup(g -> {
            dropped |= g.isUnusedSince(nanos);
            return dropped;
        });
        if (unused) {
            freshness.close();
        }
        return unused;
    }

    @Override
    public <T> T ask(Function<ClassFreshness, T> question) {
        return askGroup(g -> question.apply(g.files()));
    }

    @Override
    public void decide(Function<FreshnessEvents, List<FreshnessDecision>> event) {
        decide((g, nowNanos, actions) ->
                g.freshnessApplier().apply(event.apply(g.files().events()), nowNanos, actions));
    }

    @Override
    public void sweepAt(long nanos) {
        services.sweepAt(nanos);
    }

    @Override
    public <T> T askGroup(Function<WorkerGroup, T> question) {
        lock.lock();
        try {
            return question.apply(group);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void decide(GroupEvent event) {
        performAll(askGroup(g -> g.decide(event, services.now())));
    }

    private void performAll(List<PoolAction> actions) {
        Optional<Error> error = Optional.empty();
        for (PoolAction action : actions) {
            try {
                perform(action);
            } catch (RuntimeException | Error e) {
                report(new FcgiEvent.InternalFailure(processClass.name(), "can't perform " + action, e));
                if (e instanceof Error serious && error.isEmpty()) {
                    error = Optional.of(serious);
                }
            }
        }
        services.decided();
        if (error.isPresent()) {
            throw error.get();
        }
    }

    private void perform(PoolAction action) {
        if (action instanceof PoolAction.Grant grant) {
            grant(grant.waiter(), new Lease(this, grant.worker()));
        } else if (action instanceof PoolAction.Refuse refuse) {
            refuse.waiter().listener().refused(refuse.why());
        } else if (action instanceof PoolAction.Start start) {
            starter.start(start.worker());
        } else if (action instanceof PoolAction.Terminate terminate) {
            report(WorkerEvents.retired(terminate.worker()));
            terminate.worker().terminate();
        } else if (action instanceof PoolAction.Kill kill) {
            report(WorkerEvents.killed(kill.worker()));
            kill.worker().kill();
        } else if (action instanceof PoolAction.WarmUp warmUp) {
            warmUp(warmUp.worker());
        } else if (action instanceof PoolAction.Report event) {
            report(event.event());
        } else if (action instanceof PoolAction.CheckFiles check) {
            freshness.perform(check.task());
        } else if (action instanceof PoolAction.SharePermits) {
            services.sweepAt(services.permits().share(services.now()));
        }
    }

    /** A listener that fails may have used the worker already, so the worker is stopped. */
    private static void grant(Waiter waiter, Lease lease) {
        try {
            waiter.listener().granted(lease);
        } catch (RuntimeException | Error e) {
            lease.release(Outcome.FAILED);
            throw e;
        }
    }

    private void warmUp(Worker candidate) {
        Consumer<Optional<String>> ready = failure ->
                decide((g, nowNanos, actions) -> g.rolloutController().warmedUp(candidate, failure, nowNanos, actions));
        Lease lease = new Lease(this, candidate);
        try {
            services.warmUpCheck().warm(lease, ready);
        } catch (RuntimeException | Error e) {
            lease.release(Outcome.FAILED);
            ready.accept(Optional.of("its check failed: " + e));
            throw e;
        }
    }

    @Override
    public void report(FcgiEvent event) {
        services.report(event);
    }
}
