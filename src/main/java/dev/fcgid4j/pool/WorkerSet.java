/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The living workers of one class, and how they move from state to state.
 *
 * <p>Invariants: each holds exactly one permit of the budget. Those that rest are IDLE; an IDLE canary doesn't rest, it is
 * given its share by its {@link RolloutState}.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class WorkerSet {

    private static final int AFFINITY_SEARCH = 8;

    private final ProcessClass processClass;
    private final ProcessBudget budget;
    private final RolloutState rollout;
    private final ClassFreshness files;
    private final Set<Worker> living = new LinkedHashSet<>();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private int soonIdle;
    private boolean closed;

    WorkerSet(ProcessClass processClass, ProcessBudget budget, RolloutState rollout, ClassFreshness files) {
        this.processClass = processClass;
        this.budget = budget;
        this.rollout = rollout;
        this.files = files;
    }

    String className() {
        return processClass.name();
    }

    Set<Worker> living() {
        return living;
    }

    /** The living ones as they are now, for whoever moves some of them. */
    List<Worker> all() {
        return List.copyOf(living);
    }

    /** Workers that rest, the one that came last first. */
    ArrayDeque<Worker> idle() {
        return idle;
    }

    /** Workers that are going to rest by themselves: STARTING and VERIFYING ones. */
    int soonIdle() {
        return soonIdle;
    }

    /** From now on what has not started yet goes too. */
    void close() {
        closed = true;
    }

    /** Whether {@link #close} was called. */
    boolean isClosed() {
        return closed;
    }

    /** A worker whose process is to be started; its permit has been taken. */
    Worker start(long nowNanos, PoolActions actions) {
        Worker worker = new Worker(processClass, Worker.NOT_LAUNCHED, nowNanos);
        files.workerAdded(worker);
        living.add(worker);
        soonIdle++;
        actions.add(new PoolAction.Start(worker));
        return worker;
    }

    /** Its process is there, or it need not wait any more: it is one of {@link #soonIdle} no longer. */
    void hasProcess() {
        soonIdle--;
    }

    /** One that rests, best with its connection on this event loop; null when none does. */
    @Nullable
    Worker takeIdle(Object affinity) {
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

    /** It rests no more, but lives on. */
    void unpark(Worker worker) {
        idle.remove(worker);
    }

    /** A worker has nothing to do: it goes when it must, waits while its loads are looked at, or is idle. */
    void park(Worker worker, long nowNanos, PoolActions actions) {
        Optional<RetireReason> reason = worker.retireReason();
        if (reason.isPresent()) {
            retire(worker, reason.get(), nowNanos, actions);
        } else if (files.isVerifying(worker) || rollout.holds(worker)) {
            worker.become(WorkerState.VERIFYING, nowNanos);
            soonIdle++;
        } else {
            worker.become(WorkerState.IDLE, nowNanos);
            if (!rollout.isCanary(worker)) {
                idle.addFirst(worker);
            }
        }
    }

    /** A VERIFYING worker need not wait any more. */
    void verified(Worker worker, long nowNanos, PoolActions actions) {
        soonIdle--;
        park(worker, nowNanos, actions);
    }

    /** It was the canary, and serves everybody from now on. */
    void canaryJoins(Worker worker) {
        if (worker.state() == WorkerState.IDLE) {
            idle.addFirst(worker);
        }
    }

    /** An idle worker goes at once; a busy one is marked and goes after its request; one that starts goes when it can. */
    void retireWhenFree(Worker worker, RetireReason reason, long nowNanos, PoolActions actions) {
        switch (worker.state()) {
            case IDLE -> retire(worker, reason, nowNanos, actions);
            case VERIFYING -> {
                soonIdle--;
                retire(worker, reason, nowNanos, actions);
            }
            case BUSY -> worker.markForRetirement(reason);
            case STARTING -> {
                if (closed) {
                    soonIdle--;
                    worker.markForRetirement(reason);
                    worker.become(WorkerState.RETIRING, nowNanos);
                } // otherwise launched() finds it stale, unless it read the new files
            }
            case RETIRING, DEAD -> {}
        }
    }

    void retire(Worker worker, RetireReason reason, long nowNanos, PoolActions actions) {
        worker.markForRetirement(reason);
        idle.remove(worker);
        worker.become(WorkerState.RETIRING, nowNanos);
        actions.terminate(worker);
    }

    /** It is dead: its permit is given back. */
    void remove(Worker worker, long nowNanos, PoolActions actions) {
        if (!living.remove(worker)) {
            throw new IllegalStateException(worker + " is not alive");
        }
        if (worker.state() == WorkerState.STARTING || worker.state() == WorkerState.VERIFYING) {
            soonIdle--;
        }
        idle.remove(worker);
        files.workerEnded(worker);
        worker.become(WorkerState.DEAD, nowNanos);
        budget.release();
        actions.add(new PoolAction.PermitFreed());
    }
}
