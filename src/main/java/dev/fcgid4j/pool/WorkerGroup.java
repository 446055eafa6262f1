/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.observe.RequestMeter;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * All decisions about one process class: which request gets which worker, when processes start and stop.
 *
 * <h2>Contract</h2>
 *
 * <p>Each event changes the state of the group and returns the actions to perform afterwards. The group calls nothing
 * outside of itself, waits for nothing and reads no clock. So the same object runs under real threads and in a simulation.
 *
 * <p>The group handles requests itself. All other events are applied by its parts, which know nothing of the group: {@link
 * WorkerLifecycle} for processes, {@link FreshnessApplier} for files, {@link RolloutController} for new generations, {@link
 * Retirement} and {@link StartControl} for limits.
 *
 * <h2>Invariants</h2>
 *
 * <p>A decision ends with {@link #conclude}, so an idle worker and a waiting request do not remain side by side. Every
 * living worker holds one permit of the budget. Idle workers run the current generation.
 *
 * <p>Threading: guarded by the lock of its {@link GroupExecutor}, which is held for one event at a time.
 */
final class WorkerGroup {

    private static final long LONGEST_SWEEP_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final ClassFreshness files;
    private final WorkerSet workers;
    private final WaitingLine line;
    private final GroupHistory history = new GroupHistory();
    private final RequestMeter meter = history.requests();
    private final SpawnPolicy spawnPolicy;
    private final StartControl starts;
    private final Retirement retirement;
    private final Refusals refusals;
    private final RolloutState rollout;
    private final RolloutController rolloutController;
    private final WorkerLifecycle lifecycle;
    private final FreshnessApplier freshnessApplier;
    private final ClassPermits permits;
    private long lastUsedNanos;

    WorkerGroup(ProcessClass processClass, PoolSettings settings, ProcessBudget budget, long nowNanos) {
        line = new WaitingLine(processClass.limits().queueLength());
        files = new ClassFreshness(processClass.policy(), settings.settleTime());
        rollout = new RolloutState(processClass.policy().canaryPercent());
        workers = new WorkerSet(processClass, budget, rollout, files);
        spawnPolicy = new SpawnPolicy(settings, nowNanos);
        permits = new ClassPermits(budget, nowNanos);
        starts = new StartControl(processClass.limits(), permits, spawnPolicy, workers, files, rollout);
        refusals = new Refusals(processClass, budget, workers, line, meter);
        retirement =
                new Retirement(processClass.limits(), settings.grace(), permits, workers, files, rollout, refusals);
        rolloutController = new RolloutController(processClass, workers, files, rollout);
        lifecycle = new WorkerLifecycle(workers, files, spawnPolicy, rollout, rolloutController, history, refusals);
        freshnessApplier = new FreshnessApplier(files, workers, rollout, rolloutController, spawnPolicy);
        lastUsedNanos = nowNanos;
    }

    /** A request asks for a worker. */
    List<PoolAction> acquire(Waiter waiter, long nowNanos) {
        PoolActions actions = new PoolActions();
        lastUsedNanos = nowNanos;
        if (waiter.first()) {
            meter.requestRepeated();
        }
        if (workers.isClosed()) {
            refusals.closing(waiter, actions);
            return actions.list();
        }
        Optional<Worker> canary = rollout.turn();
        if (canary.isPresent()) {
            line.add(waiter); // a request that waits for the old generation comes first
            return grant(line.removeFirst(), canary.get(), nowNanos, actions).list();
        }
        Worker worker = files.isComparing() ? null : workers.takeIdle(waiter.affinity());
        if (worker != null) {
            return grant(waiter, worker, nowNanos, actions).list();
        }
        if (isFull(nowNanos) && !waiter.first()) {
            refusals.lineFull(waiter, nowNanos, actions);
            return actions.list();
        }
        line.add(waiter);
        return conclude(nowNanos, actions);
    }

    private boolean isFull(long nowNanos) {
        int servedSoon =
                workers.soonIdle() + (files.isComparing() ? workers.idle().size() : 0);
        return line.isFull(servedSoon) && !starts.mayStart(nowNanos);
    }

    private PoolActions grant(Waiter waiter, Worker worker, long nowNanos, PoolActions actions) {
        worker.become(WorkerState.BUSY, nowNanos);
        worker.answered(0);
        worker.affinity(waiter.affinity());
        files.leased(worker);
        permits.noteUse(workers.inUse(), nowNanos);
        meter.requestGranted(nowNanos - waiter.sinceNanos());
        return actions.add(new PoolAction.Grant(waiter, worker));
    }

    /** A request gives its worker back. */
    List<PoolAction> released(Worker worker, Outcome outcome, long nowNanos) {
        PoolActions actions = new PoolActions();
        if (outcome != Outcome.UNUSED) {
            worker.countRequest();
            if (worker.requests() == 1) {
                permits.noteStart(nowNanos - worker.startedNanos());
            }
            meter.requestServed(nowNanos - worker.leasedNanos(), worker.lastStatus());
        }
        if (worker.proven()) {
            spawnPolicy.resetFailures();
            retirement.minimum().requestServed();
        }
        if (!rollout.holds(worker) && outcome != Outcome.UNUSED) {
            rolloutController.released(worker, outcome, nowNanos, actions);
        }
        if (worker.state() == WorkerState.BUSY) {
            park(worker, outcome, nowNanos, actions);
        } else if (worker.state() == WorkerState.DEAD) {
            lifecycle.releasedAfterEnd(worker, outcome, nowNanos, actions);
        }
        return conclude(nowNanos, actions);
    }

    private void park(Worker worker, Outcome outcome, long nowNanos, PoolActions actions) {
        outcome.retire().ifPresent(worker.retirement()::set);
        retirement.markAfterRequest(worker, nowNanos);
        if (worker.retireReason().isEmpty()) {
            freshnessApplier.apply(files.events().requestEnded(worker, nowNanos), nowNanos, actions);
        }
        workers.park(worker, nowNanos, actions);
    }

    /** Applies any other event. */
    List<PoolAction> decide(GroupEvent event, long nowNanos) {
        PoolActions actions = new PoolActions();
        event.apply(this, nowNanos, actions);
        return conclude(nowNanos, actions);
    }

    /** An event: does what is due. */
    void sweep(long nowNanos, PoolActions actions) {
        refusals.overdue(nowNanos, starts.hasRoom() ? files.startsWaitFor() : Optional.empty(), actions);
        retirement.sweep(nowNanos, actions);
        freshnessApplier.apply(files.events().sweep(nowNanos), nowNanos, actions);
    }

    /** When {@link #sweep} has something to do next, at the latest. */
    long nextSweepNanos(long nowNanos) {
        long next = line.nextDeadlineNanos(nowNanos + LONGEST_SWEEP_NANOS);
        if (!line.isEmpty() && !spawnPolicy.allows(nowNanos)) {
            next = Deadlines.earlier(next, spawnPolicy.retryNanos(nowNanos));
        }
        OptionalLong filesDue = files.nextSweepNanos();
        if (filesDue.isPresent()) {
            next = Deadlines.earlier(next, filesDue.getAsLong());
        }
        return retirement.nextSweepNanos(next, nowNanos);
    }

    /** Ends a decision: waiting requests get idle workers, and processes are started for the others if allowed. */
    private List<PoolAction> conclude(long nowNanos, PoolActions actions) {
        rolloutController.giveUp(nowNanos, actions);
        starts.startCandidate(nowNanos, actions);
        if (!files.isComparing()) {
            grantIdle(nowNanos, actions);
            starts.startFor(line.size(), nowNanos, actions);
        }
        if (!line.isEmpty() && workers.living().isEmpty() && spawnPolicy.backingOff(nowNanos)) {
            refusals.all(spawnPolicy.refusal(nowNanos), actions);
        }
        starts.reportNeeds(actions);
        starts.fillUp(retirement.minimum().lacking(nowNanos), nowNanos, actions);
        retirement.retireReplaced(nowNanos, actions);
        if (line.isEmpty()) {
            retirement.makeRoom(nowNanos, actions);
        }
        permits.noteUse(workers.inUse() + line.size(), nowNanos);
        line.observe(nowNanos);
        return actions.list();
    }

    private void grantIdle(long nowNanos, PoolActions actions) {
        while (!line.isEmpty() && !workers.idle().isEmpty()) {
            Object affinity = workers.idle().getFirst().affinity().orElse(null);
            Waiter waiter = line.removeNextFor(affinity, nowNanos);
            grant(waiter, workers.takeIdle(waiter.affinity()), nowNanos, actions);
        }
    }

    /** Whether the class has no workers and no requests, and none has asked for a worker since then. */
    boolean isUnusedSince(long nanos) {
        return workers.living().isEmpty() && line.isEmpty() && lastUsedNanos - nanos < 0;
    }

    ClassPermits permits() {
        return permits;
    }

    WaitingLine line() {
        return line;
    }

    ClassFreshness files() {
        return files;
    }

    WorkerSet workers() {
        return workers;
    }

    WorkerLifecycle lifecycle() {
        return lifecycle;
    }

    StartControl starts() {
        return starts;
    }

    Retirement retirement() {
        return retirement;
    }

    RolloutController rolloutController() {
        return rolloutController;
    }

    FreshnessApplier freshnessApplier() {
        return freshnessApplier;
    }

    GroupHistory history() {
        return history;
    }
}
