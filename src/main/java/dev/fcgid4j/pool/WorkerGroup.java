/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.freshness.FreshnessEvents;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.RequestMeter;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Everything the pool knows of one process class: its workers, the line of requests, the generation of its files.
 *
 * <p>Contract: a plain object that decides. Each method changes its own state alone and returns what is to be done
 * afterwards; it calls nothing, waits for nothing and reads no clock. So the same object runs under real threads and in a
 * simulation.
 *
 * <p>Threading: guarded by the lock of its {@link PoolShell}, held for one method at a time.
 *
 * <p>Invariants: idle workers and waiting requests never exist together for long (each method ends by matching them);
 * every living worker holds exactly one permit of the budget; idle workers belong to the current generation.
 */
final class WorkerGroup {

    private static final int LINE_SEARCH = 16;
    private static final long ORDER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final ProcessClass processClass;
    private final ClassLimits limits;
    private final ProcessBudget budget;
    private final SpawnPolicy policy;
    private final AgeRules ages;
    private final GroupHistory history = new GroupHistory();
    private final RequestMeter meter = new RequestMeter();

    private final WorkerSet roster;
    private final ArrayDeque<Waiter> line = new ArrayDeque<>();
    private final ClassFreshness files;
    private final RolloutState rollout;
    private final RolloutController rolling;
    private final FreshnessApplier freshness;
    private boolean wantsPermit;
    private boolean wanting;
    private boolean starving;
    private boolean closed;
    private long lastUsedNanos;

    WorkerGroup(ProcessClass processClass, PoolSettings settings, ProcessBudget budget, long nowNanos) {
        this.processClass = processClass;
        this.limits = processClass.limits();
        this.budget = budget;
        this.policy = new SpawnPolicy(settings, nowNanos);
        this.ages = new AgeRules(limits, settings.grace());
        this.files = new ClassFreshness(processClass.policy(), settings.settleTime());
        this.rollout = new RolloutState(processClass.policy().canaryPercent());
        this.roster = new WorkerSet(processClass, budget, rollout, files);
        this.rolling = new RolloutController(processClass, roster, files, rollout);
        this.freshness = new FreshnessApplier(files, roster, rollout, rolling, policy);
        this.lastUsedNanos = nowNanos;
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    /** A request wants a worker. */
    List<PoolAction> acquire(Waiter waiter, long nowNanos) {
        PoolActions actions = new PoolActions();
        lastUsedNanos = nowNanos;
        if (waiter.first()) {
            meter.requestRepeated();
        }
        if (closed) {
            return actions.refuse(waiter, RefusalMessages.closing(processClass)).list();
        }
        Optional<Worker> canary = rollout.turn();
        if (canary.isPresent()) {
            lineUp(waiter); // whoever waits for the old generation comes first
            return grant(line.removeFirst(), canary.get(), nowNanos, actions).list();
        }
        Worker worker = files.isComparing() ? null : roster.takeIdle(waiter.affinity());
        if (worker != null) {
            return grant(waiter, worker, nowNanos, actions).list();
        }
        boolean full = line.size() - freeBySelf() >= limits.queueLength() && !maySpawn(nowNanos);
        if (full && !waiter.first()) {
            meter.requestRefused();
            return actions.refuse(waiter, RefusalMessages.lineFull(processClass, counts(), limits.queueLength()))
                    .list();
        }
        lineUp(waiter);
        return settle(nowNanos, actions).list();
    }

    private void lineUp(Waiter waiter) {
        if (waiter.first()) {
            line.addFirst(waiter);
        } else {
            line.addLast(waiter);
        }
    }

    /** Workers that a request gets in a moment although none can be had now. */
    private int freeBySelf() {
        return files.isComparing() ? roster.soon() + roster.idle().size() : roster.soon();
    }

    /** A request gives up before it got a worker. Nothing happens when it has left the line already. */
    List<PoolAction> cancel(Waiter waiter, long nowNanos) {
        line.remove(waiter);
        return settle(nowNanos, new PoolActions()).list();
    }

    /** A request gives its worker back. */
    List<PoolAction> released(Worker worker, Outcome outcome, long nowNanos) {
        PoolActions actions = new PoolActions();
        if (outcome != Outcome.UNUSED) {
            worker.countRequest();
            meter.requestServed(nowNanos - worker.leasedNanos(), worker.lastStatus());
        }
        if (worker.proven()) {
            policy.forgive();
        }
        if (!rollout.holds(worker) && outcome != Outcome.UNUSED) {
            rolling.released(worker, outcome, nowNanos, actions);
        }
        if (worker.state() != WorkerState.BUSY) {
            // It was stopped, or has ended, while the request had it.
            if (worker.state() == WorkerState.DEAD && !worker.proven()) {
                diedUnproven(worker, outcome, nowNanos, actions);
            }
            return settle(nowNanos, actions).list();
        }
        outcome.retire().ifPresent(worker::markForRetirement);
        dueForRetirement(worker, nowNanos);
        if (worker.retireReason().isEmpty()) {
            freshness.apply(files.events().requestEnded(worker, nowNanos), nowNanos, actions);
        }
        roster.rest(worker, nowNanos, actions);
        return settle(nowNanos, actions).list();
    }

    // ---- processes ------------------------------------------------------------------------------------------------

    /**
     * A process is about to be started for the worker, and its files are being watched. False when it must not be: the
     * pool closes, or somebody is writing a file right now, or one is away, or the files have changed since the watch was
     * armed, in which case the permit is given back and the worker is forgotten.
     *
     * @param found what was found when the files began to be watched
     */
    boolean launching(Worker worker, FilesBeforeStart found) {
        if (!files.mayStart(found)
                || closed
                || worker.state() != WorkerState.STARTING
                || (rollout.isActive() && !rollout.isCandidate(worker))) {
            return false;
        }
        files.starting(worker);
        return true;
    }

    /** {@link #launching} said no. */
    List<PoolAction> notLaunched(Worker worker, long nowNanos) {
        PoolActions actions = new PoolActions();
        if (rollout.isCandidate(worker)) {
            rollout.candidateEnded();
        }
        roster.forget(worker, nowNanos, actions);
        return settle(nowNanos, actions).list();
    }

    /** The worker's process has been started. */
    List<PoolAction> launched(Worker worker, long nowNanos) {
        PoolActions actions = new PoolActions();
        history.countStart();
        policy.started(nowNanos);
        if (worker.state() == WorkerState.DEAD) {
            return actions.list(); // it ended before this news arrived
        }
        if (worker.state() == WorkerState.RETIRING) {
            return actions.terminate(worker).list(); // the pool closed meanwhile
        }
        roster.arrived();
        if (files.isOutdated(worker)) {
            files.markOutdated(worker);
            if (rollout.isCandidate(worker)) {
                rollout.candidateEnded();
            }
        } else if (rollout.holds(worker)) {
            worker.become(WorkerState.IDLE, nowNanos);
            worker.become(WorkerState.BUSY, nowNanos);
            return settle(nowNanos, actions.add(new PoolAction.Warm(worker))).list();
        }
        roster.rest(worker, nowNanos, actions);
        return settle(nowNanos, actions).list();
    }

    /** No process could be started for the worker. */
    List<PoolAction> launchFailed(Worker worker, WorkerStartException why, long nowNanos) {
        PoolActions actions = new PoolActions();
        boolean outdated = files.failureIsDueToChange(worker);
        if (rollout.isCandidate(worker) && outdated) {
            rollout.candidateEnded();
        } else if (rollout.isCandidate(worker)) {
            rolling.launchFailed(worker, why.getMessage(), nowNanos, actions);
            outdated = true; // the old generation goes on: nothing to back off from
        } else if (outdated) {
            actions.report(WorkerEvents.startFailed(worker, why.getMessage(), true));
        } else {
            actions.report(WorkerEvents.startFailed(worker, why.getMessage(), false));
        }
        roster.forget(worker, nowNanos, actions);
        if (!outdated) {
            policy.failed(worker.startedNanos(), nowNanos, why);
            if (roster.living().isEmpty()) {
                refuseAll(why, actions);
            }
        }
        return settle(nowNanos, actions).list();
    }

    /** The worker's process has been reaped, whoever ended it. */
    List<PoolAction> exited(Worker worker, ExitStatus status, long nowNanos) {
        PoolActions actions = new PoolActions();
        worker.exitStatus(status);
        boolean byItself = worker.retireReason().isEmpty();
        // Of a busy worker only its request knows whether it ever accepted the connection: released() judges that.
        boolean judgedLater = byItself && worker.state() == WorkerState.BUSY && !worker.proven();
        boolean unread = worker.retireReason()
                .filter(reason -> reason == RetireReason.UNREACHABLE)
                .isPresent();
        boolean failed =
                !worker.proven() && (byItself || unread) && !judgedLater && !files.failureIsDueToChange(worker);
        if (failed) {
            startFailed(worker, nowNanos, actions);
        }
        WorkerState before = worker.state();
        roster.forget(worker, nowNanos, actions);
        rolling.exited(worker, status, before, nowNanos, actions);
        worker.markForRetirement(RetireReason.EXITED);
        boolean crashed = byItself && !status.success() && !failed && !judgedLater;
        if (crashed) {
            actions.report(WorkerEvents.crashed(worker, status));
        }
        actions.report(WorkerEvents.exited(worker, status, crashed));
        history.died(worker, status);
        policy.ended(nowNanos);
        return settle(nowNanos, actions).list();
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    /** Something was learnt of the class's files. */
    List<PoolAction> filesReported(Function<FreshnessEvents, List<FreshnessDecision>> event, long nowNanos) {
        List<FreshnessDecision> decisions = event.apply(files.events());
        PoolActions actions = new PoolActions();
        freshness.apply(decisions, nowNanos, actions);
        return settle(nowNanos, actions).list();
    }

    /** Somebody asks for new workers. */
    List<PoolAction> recycle(long nowNanos) {
        return filesReported(FreshnessEvents::recycled, nowNanos);
    }

    /** A worker has answered its first byte, and the kernel doesn't report changes of all files that it has read. */
    List<PoolAction> proven(Worker worker, long nowNanos) {
        return rollout.isActive()
                ? settle(nowNanos, new PoolActions()).list()
                : filesReported(each -> each.proven(worker), nowNanos);
    }

    // ---- rolling --------------------------------------------------------------------------------------------------

    /** The candidate has been tried: why it isn't ready, or nothing when it is. */
    List<PoolAction> warmed(Worker worker, Optional<String> failure, long nowNanos) {
        PoolActions actions = new PoolActions();
        rolling.warmed(worker, failure, nowNanos, actions);
        return settle(nowNanos, actions).list();
    }

    private void startCandidate(long nowNanos, PoolActions actions) {
        boolean may = rollout.wantsCandidate()
                && !closed
                && files.startsAllowed()
                && roster.living().size() <= limits.maxProcesses();
        if (may && budget.tryAcquire()) {
            rollout.candidate(roster.hire(nowNanos, actions));
        } else if (may && !wantsPermit) {
            wantsPermit = true;
            actions.add(new PoolAction.MakeRoom());
        }
    }

    /** No path leads to this application any more, or the pool closes. */
    List<PoolAction> retireAll(RetireReason reason, long nowNanos) {
        PoolActions actions = new PoolActions();
        for (Worker worker : roster.all()) {
            roster.retireWhenFree(worker, reason, nowNanos, actions);
        }
        return settle(nowNanos, actions).list();
    }

    // ---- limits ---------------------------------------------------------------------------------------------------

    /** A permit may be had again. */
    List<PoolAction> permitFreed(long nowNanos) {
        wantsPermit = false;
        return settle(nowNanos, new PoolActions()).list();
    }

    /** Another group has requests but no permit: stops the idle worker that has rested longest, if there is one. */
    List<PoolAction> makeRoom(long nowNanos) {
        PoolActions actions = new PoolActions();
        Worker oldest = roster.idle().peekLast();
        if (oldest != null) {
            roster.retireWhenFree(oldest, RetireReason.MAKE_ROOM, nowNanos, actions);
        }
        return actions.list();
    }

    /** When the idle worker that has rested longest came to rest; {@link Long#MIN_VALUE} when none is roster.idle(). */
    long restingSinceNanos() {
        Worker oldest = roster.idle().peekLast();
        return oldest == null ? Long.MIN_VALUE : oldest.stateSinceNanos();
    }

    /** Does what is due. */
    List<PoolAction> sweep(long nowNanos) {
        PoolActions actions = new PoolActions();
        refuseOverdue(nowNanos, actions);
        for (Worker worker : roster.all()) {
            sweep(worker, nowNanos, actions);
        }
        freshness.apply(files.events().sweep(nowNanos), nowNanos, actions);
        return settle(nowNanos, actions).list();
    }

    /** When {@link #sweep} has something to do next, at the latest. */
    long nextSweepNanos(long nowNanos) {
        long due = nowNanos + TimeUnit.SECONDS.toNanos(60);
        if (!line.isEmpty()) {
            for (Waiter waiter : line) {
                due = earlier(due, waiter.deadlineNanos());
            }
            if (!policy.allows(nowNanos)) {
                due = earlier(due, policy.retryNanos(nowNanos));
            }
        }
        OptionalLong filesDue = files.nextSweepNanos();
        if (filesDue.isPresent()) {
            due = earlier(due, filesDue.getAsLong());
        }
        for (Worker worker : roster.living()) {
            if (!keptForRolling(worker)) {
                due = earlier(due, ages.nextNanos(worker, roster.living().size(), nowNanos));
            }
        }
        return due;
    }

    /** Age ends no idle worker while an older generation than the newest serves: there may be nobody to replace it. */
    private boolean keptForRolling(Worker worker) {
        return rollout.isActive() && worker.state() == WorkerState.IDLE;
    }

    /** The pool closes: everything idle goes, everything busy goes after its request, whoever waits is told. */
    List<PoolAction> close(long nowNanos) {
        closed = true;
        roster.close();
        PoolActions actions = new PoolActions();
        refuseAll(RefusalMessages.closing(processClass), actions);
        actions.addAll(retireAll(RetireReason.SHUTDOWN, nowNanos));
        return actions.list();
    }

    /** The time for running requests is over: everything that still serves one is stopped now. */
    List<PoolAction> stopBusy(long nowNanos) {
        PoolActions actions = new PoolActions();
        for (Worker worker : roster.all()) {
            if (worker.state() == WorkerState.BUSY) {
                worker.markForRetirement(RetireReason.SHUTDOWN);
                roster.retire(worker, RetireReason.SHUTDOWN, nowNanos, actions);
            }
        }
        return actions.list();
    }

    // ---- what it looks like ---------------------------------------------------------------------------------------

    ProcessClass processClass() {
        return processClass;
    }

    /** What is known of the class's files. */
    ClassFreshness files() {
        return files;
    }

    /** How a new generation fares, in words; empty when there is nothing to say. */
    String rollout() {
        return rollout.text();
    }

    boolean wantsPermit() {
        return wantsPermit;
    }

    boolean starving() {
        return starving;
    }

    /** Whether nothing lives or waits here, and nothing asked for a worker since then. */
    boolean unusedSince(long nanos) {
        return roster.living().isEmpty() && line.isEmpty() && lastUsedNanos - nanos < 0;
    }

    boolean closed() {
        return closed;
    }

    Set<Worker> living() {
        return roster.living();
    }

    int waiting() {
        return line.size();
    }

    GroupHistory history() {
        return history;
    }

    RequestMeter meter() {
        return meter;
    }

    SpawnPolicy policy() {
        return policy;
    }

    // ---- deciding -------------------------------------------------------------------------------------------------

    /** Ends every decision: whoever waits gets what is idle; for the rest processes are started as far as they may. */
    private PoolActions settle(long nowNanos, PoolActions actions) {
        rolling.giveUp(nowNanos, actions);
        startCandidate(nowNanos, actions);
        while (!line.isEmpty() && !roster.idle().isEmpty() && !files.isComparing()) {
            Waiter waiter = takeWaiter(nowNanos);
            grant(waiter, roster.takeIdle(waiter.affinity()), nowNanos, actions);
        }
        while (line.size() > roster.soon() && !files.isComparing() && maySpawn(nowNanos)) {
            if (!budget.tryAcquire()) {
                if (!wantsPermit) { // one at a time: more idle workers of others go only if that one wasn't enough
                    wantsPermit = true;
                    actions.add(new PoolAction.MakeRoom());
                }
                break;
            }
            roster.hire(nowNanos, actions);
        }
        if (!line.isEmpty() && roster.living().isEmpty() && policy.backingOff(nowNanos)) {
            refuseAll(policy.lastFailure(), actions);
        }
        noteNeeds();
        if (line.isEmpty() && !roster.idle().isEmpty() && budget.anyWanting()) {
            roster.retireWhenFree(roster.idle().peekLast(), RetireReason.MAKE_ROOM, nowNanos, actions);
        }
        return actions;
    }

    /**
     * The first in line; but one of those right behind it whose event loop has the idle worker's connection, as long as
     * the first has hardly waited. Otherwise a busy class would open a new connection for every other request.
     */
    private Waiter takeWaiter(long nowNanos) {
        Waiter head = line.peekFirst();
        Object affinity = roster.idle().peekFirst().affinity().orElse(null);
        boolean inOrder = affinity == null || head.affinity() == affinity || nowNanos - head.sinceNanos() > ORDER_NANOS;
        if (!inOrder) {
            int looked = 0;
            for (Waiter waiter : line) {
                if (waiter.affinity() == affinity) {
                    line.removeFirstOccurrence(waiter);
                    return waiter;
                }
                if (++looked == LINE_SEARCH) {
                    break;
                }
            }
        }
        return line.removeFirst();
    }

    private boolean maySpawn(long nowNanos) {
        return !closed
                && files.startsAllowed()
                && !rollout.isActive()
                && roster.living().size() < limits.maxProcesses()
                && policy.allows(nowNanos)
                && !(policy.probing() && anyUnproven());
    }

    private boolean anyUnproven() {
        return roster.living().stream().anyMatch(w -> !w.proven() && w.state() != WorkerState.RETIRING);
    }

    private PoolActions grant(Waiter waiter, Worker worker, long nowNanos, PoolActions actions) {
        worker.become(WorkerState.BUSY, nowNanos);
        worker.answered(0);
        meter.requestGranted(nowNanos - waiter.sinceNanos());
        files.leased(worker);
        worker.affinity(waiter.affinity());
        actions.add(new PoolAction.Grant(waiter, worker));
        return actions;
    }

    private void dueForRetirement(Worker worker, long nowNanos) {
        if (closed) {
            worker.markForRetirement(RetireReason.SHUTDOWN);
        } else if (rollout.isActive() ? rollout.isForeign(worker) : files.isOutdated(worker)) {
            files.markOutdated(worker);
        } else if (rollout.isActive()) {
            return; // the old generation is kept until the new one is ready
        } else if (limits.maxRequestsPerProcess() > 0 && worker.requests() >= limits.maxRequestsPerProcess()) {
            worker.markForRetirement(RetireReason.REQUEST_LIMIT);
        } else if (ages.lifetimeOver(worker, roster.living().size(), nowNanos)) {
            worker.markForRetirement(RetireReason.LIFETIME);
        } else if (budget.anyStarving() && roster.living().size() > 1) {
            worker.markForRetirement(RetireReason.MAKE_ROOM);
        }
    }

    /** The line isn't in the order of deadlines: who asks again goes to its head. */
    private void refuseOverdue(long nowNanos, PoolActions actions) {
        List<Waiter> overdue = line.stream()
                .filter(waiter -> waiter.deadlineNanos() - nowNanos <= 0)
                .toList();
        if (!overdue.isEmpty()) {
            FcgiException why = RefusalMessages.waitedTooLong(
                    processClass, counts(), limits.queueTimeout().toSeconds(), whatStartsWaitFor());
            line.removeIf(waiter -> waiter.deadlineNanos() - nowNanos <= 0);
            for (Waiter waiter : overdue) {
                actions.refuse(waiter, why);
                meter.requestRefused();
            }
        }
    }

    private Optional<String> whatStartsWaitFor() {
        return roster.living().size() < limits.maxProcesses() ? files.startsWaitFor() : Optional.empty();
    }

    private void refuseAll(FcgiException why, PoolActions actions) {
        while (!line.isEmpty()) {
            actions.refuse(line.removeFirst(), why);
            meter.requestRefused();
        }
    }

    /** Tells the budget what this group lacks, so that others can make room. */
    private void noteNeeds() {
        wantsPermit &= !line.isEmpty() || rollout.wantsCandidate();
        boolean wantingNow = wantsPermit;
        if (wantingNow != wanting) {
            wanting = wantingNow;
            budget.wanting(wantingNow);
        }
        boolean starvingNow = wantingNow && roster.living().isEmpty();
        if (starvingNow != starving) {
            starving = starvingNow;
            budget.starving(starvingNow);
        }
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    private void sweep(Worker worker, long nowNanos, PoolActions actions) {
        Optional<RetireReason> due =
                ages.due(worker, roster.living().size(), nowNanos).filter(reason -> !keptForRolling(worker));
        if (due.isPresent()) {
            roster.retire(worker, due.get(), nowNanos, actions);
        } else if (ages.toBeKilled(worker, nowNanos)) {
            worker.noteKilled();
            actions.add(new PoolAction.Kill(worker));
        }
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    private RefusalMessages.Counts counts() {
        return new RefusalMessages.Counts(
                roster.living().size(),
                limits.maxProcesses(),
                budget,
                roster.idle().size(),
                line.size());
    }

    private void startFailed(Worker worker, long nowNanos, PoolActions actions) {
        WorkerStartException why = RefusalMessages.startFailed(worker);
        actions.report(WorkerEvents.startFailed(worker, why.getMessage(), false));
        policy.failed(worker.startedNanos(), nowNanos, why);
    }

    /** A worker has ended in the first request that it had, which now tells whether it was ever read. */
    private void diedUnproven(Worker worker, Outcome outcome, long nowNanos, PoolActions actions) {
        boolean byItself = worker.retireReason()
                .filter(reason -> reason == RetireReason.EXITED)
                .isPresent();
        ExitStatus status = worker.exitStatus().orElseThrow();
        if (outcome == Outcome.UNREAD && !files.failureIsDueToChange(worker)) {
            startFailed(worker, nowNanos, actions);
        } else if (byItself && !status.success()) {
            actions.report(WorkerEvents.crashed(worker, status));
        }
    }
}
