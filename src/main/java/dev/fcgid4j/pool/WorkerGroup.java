/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.process.ExitStatus;
import dev.fcgid4j.worker.ProcessClass;
import dev.fcgid4j.worker.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

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

    private static final int AFFINITY_SEARCH = 8;
    private static final int LINE_SEARCH = 16;
    private static final long ORDER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int NOT_LAUNCHED = -1;
    private static final int SERVER_ERROR = 500;

    private final ProcessClass processClass;
    private final PoolSettings settings;
    private final ProcessBudget budget;
    private final SpawnPolicy policy;
    private final AgeRules ages;
    private final GroupHistory history = new GroupHistory();

    private final Set<Worker> living = new LinkedHashSet<>();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private final ArrayDeque<Waiter> line = new ArrayDeque<>();
    private final Set<Worker> uncertain = new HashSet<>(); // have read files that were not compared yet
    private final ClassFiles files;
    private final Rollout rollout;
    private int soon; // workers that are going to be idle by themselves: STARTING and SETTLING ones
    private boolean wantsPermit;
    private boolean wanting;
    private boolean starving;
    private boolean closed;
    private long lastUsedNanos;

    WorkerGroup(ProcessClass processClass, PoolSettings settings, ProcessBudget budget, long nowNanos) {
        this.processClass = processClass;
        this.settings = settings;
        this.budget = budget;
        this.policy = new SpawnPolicy(settings, nowNanos);
        this.ages = new AgeRules(settings);
        this.files = new ClassFiles(settings.settleTime().toNanos());
        this.rollout = new Rollout(processClass.policy().canaryPercent());
        this.lastUsedNanos = nowNanos;
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    /** A request wants a worker. */
    List<PoolAction> acquire(Waiter waiter, long nowNanos) {
        PoolActions actions = new PoolActions();
        lastUsedNanos = nowNanos;
        if (closed) {
            return actions.refuse(waiter, Words.closing(processClass)).list();
        }
        Optional<Worker> canary = rollout.turn();
        if (canary.isPresent()) {
            rollout.canaryIdle(false);
            lineUp(waiter); // whoever waits for the old generation comes first
            return grant(line.removeFirst(), canary.get(), nowNanos, actions).list();
        }
        Worker worker = uncertain.isEmpty() ? takeIdle(waiter.affinity()) : null;
        if (worker != null) {
            return grant(waiter, worker, nowNanos, actions).list();
        }
        boolean full = line.size() - freeBySelf() >= settings.queueLength() && !maySpawn(nowNanos);
        if (full && !waiter.first()) {
            history.countRefused();
            return actions.refuse(waiter, Words.lineFull(processClass, counts(), settings.queueLength()))
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
        return uncertain.isEmpty() ? soon : soon + idle.size();
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
            history.countRequest();
        }
        if (worker.proven()) {
            policy.forgive();
        }
        if (!rollout.holds(worker) && outcome != Outcome.UNUSED) {
            rollout.answered(worker, outcome.retire().isPresent() || worker.lastStatus() >= SERVER_ERROR);
            judge(nowNanos, actions);
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
        if (worker.retireReason().isEmpty() && looksAtPrograms(worker)) {
            lookAtLoads(worker, true, actions);
        }
        rest(worker, nowNanos, actions);
        return settle(nowNanos, actions).list();
    }

    /** After the first request, and ever more rarely later, because a program may load a library at any time. */
    private static boolean looksAtPrograms(Worker worker) {
        return worker.proven() && Long.bitCount(worker.requests()) == 1;
    }

    // ---- processes ------------------------------------------------------------------------------------------------

    /**
     * A process is about to be started for the worker, and its files are being watched. False when it must not be: the
     * pool closes, or somebody is writing the file right now, in which case the permit is given back and the worker is
     * forgotten.
     */
    boolean launching(Worker worker) {
        if (closed
                || !files.atRest()
                || worker.state() != WorkerState.STARTING
                || (rollout.isActive() && !rollout.isCandidate(worker))) {
            return false;
        }
        worker.generation(files.generation());
        return true;
    }

    /** {@link #launching} said no. */
    List<PoolAction> notLaunched(Worker worker, long nowNanos) {
        PoolActions actions = new PoolActions();
        forget(worker, nowNanos, actions);
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
        soon--;
        if (files.stale(worker)) {
            markChanged(worker, RetireReason.SCRIPT_CHANGED);
        } else if (rollout.holds(worker)) {
            worker.become(WorkerState.IDLE, nowNanos);
            worker.become(WorkerState.BUSY, nowNanos);
            return settle(nowNanos, actions.add(new PoolAction.Warm(worker))).list();
        }
        rest(worker, nowNanos, actions);
        return settle(nowNanos, actions).list();
    }

    /** No process could be started for the worker. */
    List<PoolAction> launchFailed(Worker worker, WorkerStartException why, long nowNanos) {
        PoolActions actions = new PoolActions();
        boolean outdated = outdated(worker);
        if (rollout.isCandidate(worker) && !outdated) {
            refuse(why.getMessage(), worker, nowNanos, actions);
            outdated = true; // the old generation goes on: nothing to back off from
        } else if (outdated) {
            actions.info(processClass + " could not be started while its files changed: " + why.getMessage());
        } else {
            actions.warn(processClass + " can't be started: " + why.getMessage());
        }
        forget(worker, nowNanos, actions);
        if (!outdated) {
            policy.failed(worker.startedNanos(), nowNanos, why);
            if (living.isEmpty()) {
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
        candidateExited(worker, status, nowNanos, actions);
        boolean failed = !worker.proven() && (byItself || unread) && !judgedLater && !outdated(worker);
        if (failed) {
            startFailed(worker, nowNanos, actions);
        }
        worker.markForRetirement(RetireReason.EXITED);
        if (byItself && !status.success() && !failed && !judgedLater) {
            actions.warn(Words.endedByItself(worker, status));
        } else {
            actions.info(Words.ended(worker, status));
        }
        history.died(worker, status);
        forget(worker, nowNanos, actions);
        policy.ended(nowNanos);
        return settle(nowNanos, actions).list();
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    /** A change of the application's files was completed: nobody who asks from now on gets an older worker. */
    List<PoolAction> filesChanged(Path file, long nowNanos) {
        policy.forgive();
        return files.changed(file, nowNanos) ? newGeneration(nowNanos) : List.of();
    }

    /** Strict: whatever is older goes. Rolling: it goes when a worker of the new generation is ready. */
    private List<PoolAction> newGeneration(long nowNanos) {
        Optional<Worker> serving = living.stream()
                .filter(w -> w.proven()
                        && !rollout.isCandidate(w)
                        && w.retireReason().isEmpty())
                .findFirst();
        if (!processClass.policy().rolling() || serving.isEmpty() || closed) {
            rollout.end();
            return retireOutdated(nowNanos);
        }
        PoolActions actions = new PoolActions();
        for (Worker worker : List.copyOf(living)) {
            boolean launched = worker.generation() != NOT_LAUNCHED;
            if (launched && (!worker.proven() || rollout.isCandidate(worker))) {
                markChanged(worker, RetireReason.SCRIPT_CHANGED);
                retireWhenFree(worker, RetireReason.SCRIPT_CHANGED, nowNanos, actions);
            }
        }
        rollout.begin(serving.get().generation(), files.generation());
        return settle(nowNanos, actions).list();
    }

    private List<PoolAction> retireOutdated(long nowNanos) {
        PoolActions actions = new PoolActions();
        for (Worker worker : List.copyOf(living)) {
            if (worker.state() != WorkerState.STARTING || closed) { // launched() looks at those that start
                markChanged(worker, RetireReason.SCRIPT_CHANGED);
                retireWhenFree(worker, RetireReason.SCRIPT_CHANGED, nowNanos, actions);
            }
        }
        return settle(nowNanos, actions).list();
    }

    /**
     * Somebody writes the file in place and isn't done. Workers that have answered before run the old, complete version
     * and go on; one that has not yet finished a request may have read half a file and goes; none is started until the change is
     * completed.
     */
    List<PoolAction> fileBeingWritten(Path file, long nowNanos) {
        files.beingWritten(file);
        PoolActions actions = new PoolActions();
        for (Worker worker : List.copyOf(living)) {
            boolean inItsFirstRequest = worker.state() == WorkerState.BUSY && worker.requests() == 0;
            if ((!worker.proven() || inItsFirstRequest) && worker.generation() != NOT_LAUNCHED) {
                worker.markForRetirement(RetireReason.SCRIPT_CHANGED, file);
                retireWhenFree(worker, RetireReason.SCRIPT_CHANGED, nowNanos, actions);
            }
        }
        return actions.list();
    }

    /** A file that workers have loaded is complete; those named have loaded it as it was before. */
    List<PoolAction> loadedFileChanged(Path file, Collection<Worker> outdated, long nowNanos) {
        if (processClass.policy().rolling() && !outdated.isEmpty()) {
            return filesChanged(file, nowNanos);
        }
        PoolActions actions = new PoolActions();
        files.noteChange(file);
        policy.forgive();
        for (Worker worker : outdated) {
            worker.markForRetirement(RetireReason.LOADED_FILE_CHANGED, file);
            retireWhenFree(worker, RetireReason.LOADED_FILE_CHANGED, nowNanos, actions);
        }
        return settle(nowNanos, actions).list();
    }

    /** A worker has loaded something: it gets no request more before that is watched and compared. */
    List<PoolAction> hasLoaded(Worker worker, long nowNanos) {
        PoolActions actions = new PoolActions();
        switch (worker.state()) {
            case STARTING, BUSY, SETTLING -> lookAtLoads(worker, false, actions);
            case IDLE -> {
                lookAtLoads(worker, false, actions);
                idle.remove(worker);
                rest(worker, nowNanos, actions);
            }
            case RETIRING, DEAD -> {}
        }
        return actions.list();
    }

    private static void lookAtLoads(Worker worker, boolean withPrograms, PoolActions actions) {
        if (worker.settling()) {
            worker.loadedMore(true);
        } else {
            worker.settling(true);
            actions.add(new PoolAction.LookAtLoads(worker, withPrograms));
        }
    }

    /** What a worker has loaded is watched; {@code outdated} is what changed since it was loaded. */
    List<PoolAction> lookedAtLoads(Worker worker, Optional<Path> outdated, long nowNanos) {
        PoolActions actions = new PoolActions();
        worker.settling(false);
        if (!living.contains(worker)) {
            return actions.list();
        }
        outdated.ifPresent(file -> worker.markForRetirement(RetireReason.LOADED_FILE_CHANGED, file));
        if (worker.loadedMore()) {
            worker.loadedMore(false);
            lookAtLoads(worker, false, actions);
        }
        if (worker.state() == WorkerState.SETTLING && !worker.settling() && !rollout.holds(worker)) {
            soon--;
            rest(worker, nowNanos, actions);
        }
        return settle(nowNanos, actions).list();
    }

    /**
     * A worker has read its files, and only a comparison can tell whether they are newer than those that other workers
     * have read. Until then nobody gets one of them: whoever has seen an answer of the new files sees none of the old.
     */
    List<PoolAction> proven(Worker worker, long nowNanos) {
        PoolActions actions = new PoolActions();
        if (living.size() > 1 && !rollout.isActive() && uncertain.add(worker)) {
            actions.add(new PoolAction.Compare(worker));
        }
        return settle(nowNanos, actions).list();
    }

    /** The files have been compared since the worker had read them. */
    List<PoolAction> compared(Worker worker, long nowNanos) {
        uncertain.remove(worker);
        return settle(nowNanos, new PoolActions()).list();
    }

    // ---- rolling --------------------------------------------------------------------------------------------------

    /** The candidate has been tried: why it isn't ready, or nothing when it is. */
    List<PoolAction> warmed(Worker worker, Optional<String> failure, long nowNanos) {
        PoolActions actions = new PoolActions();
        if (!rollout.holds(worker)) {
            return settle(nowNanos, actions).list(); // it has ended, or the files changed again
        }
        if (failure.isPresent()) {
            refuse(failure.get(), worker, nowNanos, actions);
        } else if (rollout.ready()) {
            takeOver(actions, nowNanos);
        }
        if (worker.state() == WorkerState.SETTLING && !worker.settling()) {
            soon--;
            rest(worker, nowNanos, actions);
        }
        return settle(nowNanos, actions).list();
    }

    private void candidateExited(Worker worker, ExitStatus status, long nowNanos, PoolActions actions) {
        boolean asked = worker.retireReason().isPresent();
        if (!rollout.isCandidate(worker) || (asked && rollout.holds(worker))) {
            return; // the verdict of whoever tries it is on its way
        }
        if (asked || (rollout.isCanary(worker) && status.success() && worker.requests() > 0)) {
            rollout.candidateEnded();
        } else {
            refuse(
                    "its process ended with " + status + " after " + worker.requests() + " requests",
                    worker,
                    nowNanos,
                    actions);
        }
    }

    private void judge(long nowNanos, PoolActions actions) {
        if (rollout.isClearlyWorse()) {
            refuse(rollout.score(), rollout.candidate().orElse(null), nowNanos, actions);
        } else if (rollout.hasProvedItself()) {
            takeOver(actions, nowNanos);
        }
    }

    /** The candidate's generation serves; who is older goes. */
    private void takeOver(PoolActions actions, long nowNanos) {
        actions.info(processClass + ": generation " + rollout.target() + " takes over");
        Optional<Worker> candidate = rollout.candidate();
        boolean idleCanary = candidate.isPresent() && candidate.get().state() == WorkerState.IDLE;
        rollout.end();
        if (idleCanary) {
            idle.addFirst(candidate.get());
        }
        for (Worker worker : List.copyOf(living)) {
            if (worker.generation() != files.generation() && worker.generation() != NOT_LAUNCHED) {
                markChanged(worker, RetireReason.SCRIPT_CHANGED);
                retireWhenFree(worker, RetireReason.SCRIPT_CHANGED, nowNanos, actions);
            }
        }
    }

    private void refuse(
            String why, @org.jspecify.annotations.Nullable Worker worker, long nowNanos, PoolActions actions) {
        rollout.refuse(why, worker);
        actions.warn(processClass + ": " + rollout.text() + ". The next change tries again");
        if (worker != null && living.contains(worker)) {
            markChanged(worker, RetireReason.REFUSED);
            retireWhenFree(worker, RetireReason.REFUSED, nowNanos, actions);
        }
    }

    private void startCandidate(long nowNanos, PoolActions actions) {
        boolean may = rollout.wantsCandidate()
                && !closed
                && files.atRest()
                && living.size() <= settings.maxProcessesPerClass();
        if (may && budget.tryAcquire()) {
            rollout.candidate(spawn(nowNanos, actions));
        } else if (may && !wantsPermit) {
            wantsPermit = true;
            actions.add(new PoolAction.MakeRoom());
        }
    }

    /** When nobody of the old generation is left there is nothing to go on with. */
    private void giveUpRolling(long nowNanos, PoolActions actions) {
        boolean anyOld = living.stream()
                .anyMatch(w -> !rollout.isCandidate(w)
                        && w.generation() != NOT_LAUNCHED
                        && w.retireReason().isEmpty()
                        && w.state() != WorkerState.RETIRING);
        if (!rollout.isActive() || anyOld) {
            return;
        }
        Optional<Worker> candidate = rollout.candidate();
        boolean held = candidate.isPresent() && rollout.holds(candidate.get());
        boolean idleCanary = candidate.isPresent() && !held && candidate.get().state() == WorkerState.IDLE;
        rollout.end();
        if (idleCanary) {
            idle.addFirst(candidate.get());
        } else if (held
                && candidate.get().state() == WorkerState.SETTLING
                && !candidate.get().settling()) {
            soon--;
            rest(candidate.get(), nowNanos, actions);
        }
    }

    /** No path leads to this application any more, or someone asks for fresh workers. */
    List<PoolAction> retireAll(RetireReason reason, long nowNanos) {
        PoolActions actions = new PoolActions();
        for (Worker worker : List.copyOf(living)) {
            retireWhenFree(worker, reason, nowNanos, actions);
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
        Worker oldest = idle.peekLast();
        if (oldest != null) {
            retireWhenFree(oldest, RetireReason.MAKE_ROOM, nowNanos, actions);
        }
        return actions.list();
    }

    /** When the idle worker that has rested longest came to rest; {@link Long#MIN_VALUE} when none is idle. */
    long restingSinceNanos() {
        Worker oldest = idle.peekLast();
        return oldest == null ? Long.MIN_VALUE : oldest.stateSinceNanos();
    }

    /** Does what is due. */
    List<PoolAction> sweep(long nowNanos) {
        PoolActions actions = new PoolActions();
        refuseOverdue(nowNanos, actions);
        for (Worker worker : List.copyOf(living)) {
            sweep(worker, nowNanos, actions);
        }
        if (files.settle(nowNanos)) {
            actions.addAll(newGeneration(nowNanos));
        }
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
        if (files.settledAtNanos().isPresent()) {
            due = earlier(due, files.settledAtNanos().get());
        }
        for (Worker worker : living) {
            due = earlier(due, ages.nextNanos(worker, living.size(), nowNanos));
        }
        return due;
    }

    /** The pool closes: everything idle goes, everything busy goes after its request, whoever waits is told. */
    List<PoolAction> close(long nowNanos) {
        closed = true;
        PoolActions actions = new PoolActions();
        refuseAll(Words.closing(processClass), actions);
        actions.addAll(retireAll(RetireReason.SHUTDOWN, nowNanos));
        return actions.list();
    }

    /** The time for running requests is over: everything that still serves one is stopped now. */
    List<PoolAction> stopBusy(long nowNanos) {
        PoolActions actions = new PoolActions();
        for (Worker worker : List.copyOf(living)) {
            if (worker.state() == WorkerState.BUSY) {
                worker.markForRetirement(RetireReason.SHUTDOWN);
                retire(worker, RetireReason.SHUTDOWN, nowNanos, actions);
            }
        }
        return actions.list();
    }

    // ---- what it looks like ---------------------------------------------------------------------------------------

    ProcessClass processClass() {
        return processClass;
    }

    int generation() {
        return files.generation();
    }

    /** How a new generation fares, in words; empty when there is nothing to say. */
    String rollout() {
        return rollout.text();
    }

    Optional<PoolSnapshot.Change> lastChange() {
        return files.lastChange();
    }

    boolean wantsPermit() {
        return wantsPermit;
    }

    boolean starving() {
        return starving;
    }

    /** Whether nothing lives or waits here, and nothing asked for a worker since then. */
    boolean unusedSince(long nanos) {
        return living.isEmpty() && line.isEmpty() && lastUsedNanos - nanos < 0;
    }

    boolean closed() {
        return closed;
    }

    Set<Worker> living() {
        return living;
    }

    int waiting() {
        return line.size();
    }

    GroupHistory history() {
        return history;
    }

    SpawnPolicy policy() {
        return policy;
    }

    // ---- deciding -------------------------------------------------------------------------------------------------

    /** Ends every decision: whoever waits gets what is idle; for the rest processes are started as far as they may. */
    private PoolActions settle(long nowNanos, PoolActions actions) {
        giveUpRolling(nowNanos, actions);
        startCandidate(nowNanos, actions);
        while (!line.isEmpty() && !idle.isEmpty() && uncertain.isEmpty()) {
            Waiter waiter = takeWaiter(nowNanos);
            grant(waiter, takeIdle(waiter.affinity()), nowNanos, actions);
        }
        while (line.size() > soon && uncertain.isEmpty() && maySpawn(nowNanos)) {
            if (!budget.tryAcquire()) {
                if (!wantsPermit) { // one at a time: more idle workers of others go only if that one wasn't enough
                    wantsPermit = true;
                    actions.add(new PoolAction.MakeRoom());
                }
                break;
            }
            spawn(nowNanos, actions);
        }
        if (!line.isEmpty() && living.isEmpty() && policy.backingOff(nowNanos)) {
            refuseAll(policy.lastFailure(), actions);
        }
        noteNeeds();
        if (line.isEmpty() && !idle.isEmpty() && budget.anyWanting()) {
            retireWhenFree(idle.peekLast(), RetireReason.MAKE_ROOM, nowNanos, actions);
        }
        return actions;
    }

    /**
     * The first in line; but one of those right behind it whose event loop has the idle worker's connection, as long as
     * the first has hardly waited. Otherwise a busy class would open a new connection for every other request.
     */
    private Waiter takeWaiter(long nowNanos) {
        Waiter head = line.peekFirst();
        Object affinity = idle.peekFirst().affinity().orElse(null);
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
                && files.atRest()
                && !rollout.isActive()
                && living.size() < settings.maxProcessesPerClass()
                && policy.allows(nowNanos)
                && !(policy.probing() && anyUnproven());
    }

    private boolean anyUnproven() {
        return living.stream().anyMatch(w -> !w.proven() && w.state() != WorkerState.RETIRING);
    }

    private Worker spawn(long nowNanos, PoolActions actions) {
        Worker worker = new Worker(processClass, NOT_LAUNCHED, nowNanos);
        living.add(worker);
        soon++;
        actions.add(new PoolAction.Spawn(worker));
        return worker;
    }

    private @org.jspecify.annotations.Nullable Worker takeIdle(Object affinity) {
        int looked = 0;
        for (Worker worker : idle) {
            if (worker.affinity().filter(a -> a == affinity).isPresent()) {
                idle.remove(worker);
                return worker;
            }
            if (++looked == AFFINITY_SEARCH) {
                break;
            }
        }
        return idle.pollFirst();
    }

    private PoolActions grant(Waiter waiter, Worker worker, long nowNanos, PoolActions actions) {
        worker.become(WorkerState.BUSY, nowNanos);
        worker.answered(0);
        worker.affinity(waiter.affinity());
        actions.add(new PoolAction.Grant(waiter, worker));
        return actions;
    }

    /** A worker has nothing to do: it goes when it must, waits while its loads are looked at, or is idle. */
    private void rest(Worker worker, long nowNanos, PoolActions actions) {
        if (worker.retireReason().isPresent()) {
            retire(worker, worker.retireReason().get(), nowNanos, actions);
        } else if (worker.settling() || rollout.holds(worker)) {
            worker.become(WorkerState.SETTLING, nowNanos);
            soon++;
        } else if (rollout.isCanary(worker)) {
            worker.become(WorkerState.IDLE, nowNanos);
            rollout.canaryIdle(true);
        } else {
            worker.become(WorkerState.IDLE, nowNanos);
            idle.addFirst(worker);
        }
    }

    private void dueForRetirement(Worker worker, long nowNanos) {
        if (closed) {
            worker.markForRetirement(RetireReason.SHUTDOWN);
        } else if (rollout.isActive() ? rollout.isForeign(worker) : files.stale(worker)) {
            markChanged(worker, RetireReason.SCRIPT_CHANGED);
        } else if (rollout.isActive()) {
            return; // the old generation is kept until the new one is ready
        } else if (settings.maxRequestsPerProcess() > 0 && worker.requests() >= settings.maxRequestsPerProcess()) {
            worker.markForRetirement(RetireReason.REQUEST_LIMIT);
        } else if (ages.lifetimeOver(worker, living.size(), nowNanos)) {
            worker.markForRetirement(RetireReason.LIFETIME);
        } else if (budget.anyStarving() && living.size() > 1) {
            worker.markForRetirement(RetireReason.MAKE_ROOM);
        }
    }

    /** Whether a worker's failure is nobody's error, because its files were being changed. */
    private boolean outdated(Worker worker) {
        return files.stale(worker)
                || worker.retireReason()
                        .filter(r -> r == RetireReason.SCRIPT_CHANGED || r == RetireReason.LOADED_FILE_CHANGED)
                        .isPresent();
    }

    private void markChanged(Worker worker, RetireReason reason) {
        files.lastChange()
                .ifPresentOrElse(
                        change -> worker.markForRetirement(reason, change.file()),
                        () -> worker.markForRetirement(reason));
    }

    /** An idle worker goes at once; a busy one is marked and goes after its request; one that starts goes when it can. */
    private void retireWhenFree(Worker worker, RetireReason reason, long nowNanos, PoolActions actions) {
        switch (worker.state()) {
            case IDLE -> {
                worker.markForRetirement(reason);
                retire(worker, reason, nowNanos, actions);
            }
            case SETTLING -> {
                soon--;
                retire(worker, reason, nowNanos, actions);
            }
            case BUSY -> worker.markForRetirement(reason);
            case STARTING -> {
                if (closed) {
                    soon--;
                    worker.markForRetirement(reason);
                    worker.become(WorkerState.RETIRING, nowNanos);
                } // otherwise launched() finds it stale, unless it read the new files
            }
            case RETIRING, DEAD -> {}
        }
    }

    private void retire(Worker worker, RetireReason reason, long nowNanos, PoolActions actions) {
        worker.markForRetirement(reason);
        idle.remove(worker);
        worker.become(WorkerState.RETIRING, nowNanos);
        actions.terminate(worker);
    }

    private void forget(Worker worker, long nowNanos, PoolActions actions) {
        if (!living.remove(worker)) {
            throw new IllegalStateException(worker + " is not alive");
        }
        if (worker.state() == WorkerState.STARTING || worker.state() == WorkerState.SETTLING) {
            soon--;
        }
        idle.remove(worker);
        worker.become(WorkerState.DEAD, nowNanos);
        budget.release();
        actions.add(new PoolAction.PermitFreed());
    }

    /** The line isn't in the order of deadlines: who asks again goes to its head. */
    private void refuseOverdue(long nowNanos, PoolActions actions) {
        List<Waiter> overdue = line.stream()
                .filter(waiter -> waiter.deadlineNanos() - nowNanos <= 0)
                .toList();
        if (!overdue.isEmpty()) {
            FcgiException why = Words.waitedTooLong(
                    processClass, counts(), settings.queueTimeout().toSeconds());
            line.removeIf(waiter -> waiter.deadlineNanos() - nowNanos <= 0);
            for (Waiter waiter : overdue) {
                actions.refuse(waiter, why);
                history.countRefused();
            }
        }
    }

    private void refuseAll(FcgiException why, PoolActions actions) {
        while (!line.isEmpty()) {
            actions.refuse(line.removeFirst(), why);
            history.countRefused();
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
        boolean starvingNow = wantingNow && living.isEmpty();
        if (starvingNow != starving) {
            starving = starvingNow;
            budget.starving(starvingNow);
        }
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    private void sweep(Worker worker, long nowNanos, PoolActions actions) {
        Optional<RetireReason> due = ages.due(worker, living.size(), nowNanos)
                .filter(reason -> !rollout.isActive() || reason == RetireReason.BUSY_TIMEOUT);
        if (due.isPresent()) {
            retire(worker, due.get(), nowNanos, actions);
        } else if (ages.toBeKilled(worker, nowNanos)) {
            worker.noteKilled();
            actions.add(new PoolAction.Kill(worker));
        }
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    private Words.Counts counts() {
        return new Words.Counts(living.size(), settings.maxProcessesPerClass(), budget, idle.size(), line.size());
    }

    private void startFailed(Worker worker, long nowNanos, PoolActions actions) {
        WorkerStartException why = Words.startFailed(worker);
        actions.warn(why.getMessage());
        policy.failed(worker.startedNanos(), nowNanos, why);
    }

    /** A worker has ended in the first request that it had, which now tells whether it was ever read. */
    private void diedUnproven(Worker worker, Outcome outcome, long nowNanos, PoolActions actions) {
        boolean byItself = worker.retireReason()
                .filter(reason -> reason == RetireReason.EXITED)
                .isPresent();
        ExitStatus status = worker.exitStatus().orElseThrow();
        if (outcome == Outcome.UNREAD && !outdated(worker)) {
            startFailed(worker, nowNanos, actions);
        } else if (byItself && !status.success()) {
            actions.warn(Words.endedByItself(worker, status));
        }
    }
}
