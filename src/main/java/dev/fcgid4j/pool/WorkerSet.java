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
 * <p>Invariants: each worker holds one permit of the budget. The parked workers are IDLE. The canary of a rollout is never
 * parked, because {@link RolloutState} gives it its share of the requests.
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
    private int stopping;
    private long heldNanos;
    private long lostUnused;
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

    /** A copy of {@link #living}, for callers that move some of them. */
    List<Worker> all() {
        return List.copyOf(living);
    }

    /** The parked workers, the one that was parked last first. */
    ArrayDeque<Worker> idle() {
        return idle;
    }

    /** The number of workers that become idle without a further event: the STARTING and VERIFYING ones. */
    int soonIdle() {
        return soonIdle;
    }

    /** The number of workers that are BUSY. A canary counts too. */
    int inUse() {
        return living.size() - idle.size() - soonIdle - stopping;
    }

    /** The number of workers that are not being stopped. */
    int staying() {
        return living.size() - stopping;
    }

    /** For how long the workers of the class have held permits, all together. */
    long heldNanos(long nowNanos) {
        long held = heldNanos;
        for (Worker worker : living) {
            held += nowNanos - worker.startedNanos();
        }
        return held;
    }

    /** The number of processes that were lost before they answered anything, for a reason that may befall others too. */
    long lostUnused() {
        return lostUnused;
    }

    /** From now on workers that are starting are retired too. */
    void close() {
        closed = true;
    }

    /** Whether {@link #close} was called. */
    boolean isClosed() {
        return closed;
    }

    /** Adds a worker and starts its process. The caller has taken the permit. */
    Worker start(long nowNanos, PoolActions actions) {
        Worker worker = new Worker(processClass, Worker.NOT_LAUNCHED, nowNanos);
        files.workerAdded(worker);
        living.add(worker);
        soonIdle++;
        actions.add(new PoolAction.Start(worker));
        return worker;
    }

    /** A starting worker has its process. The caller parks it or uses it. */
    void hasProcess() {
        soonIdle--;
    }

    /**
     * Takes a parked worker, if possible one with its connection on this event loop.
     *
     * @return null if no worker is parked
     */
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

    /** Takes a worker out of the parked ones. */
    void unpark(Worker worker) {
        idle.remove(worker);
    }

    /** A worker has no request: it is retired if it must be, waits while its files are verified, or becomes idle. */
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

    /** The files of a VERIFYING worker are verified. */
    void verified(Worker worker, long nowNanos, PoolActions actions) {
        soonIdle--;
        park(worker, nowNanos, actions);
    }

    /** The canary serves all requests from now on. */
    void canaryJoins(Worker worker) {
        if (worker.state() == WorkerState.IDLE) {
            idle.addFirst(worker);
        }
    }

    /** Retires an idle worker at once, a busy one after its request, a starting one only if the set is closed. */
    void retireWhenFree(Worker worker, RetireReason reason, long nowNanos, PoolActions actions) {
        switch (worker.state()) {
            case IDLE -> retire(worker, reason, nowNanos, actions);
            case VERIFYING -> {
                soonIdle--;
                retire(worker, reason, nowNanos, actions);
            }
            case BUSY -> worker.retirement().set(reason);
            case STARTING -> {
                if (closed) {
                    soonIdle--;
                    worker.retirement().set(reason);
                    becomeRetiring(worker, nowNanos);
                } // otherwise WorkerLifecycle.started finds it outdated, unless it has read the new files
            }
            case RETIRING, DEAD -> {}
        }
    }

    /** Stops a busy worker in the middle of its request, which ends with that and is not run again. */
    void stop(Worker worker, RetireReason reason, long nowNanos, PoolActions actions) {
        worker.retirement().stop(reason);
        retire(worker, reason, nowNanos, actions);
    }

    void retire(Worker worker, RetireReason reason, long nowNanos, PoolActions actions) {
        worker.retirement().set(reason);
        idle.remove(worker);
        becomeRetiring(worker, nowNanos);
        actions.terminate(worker);
    }

    private void becomeRetiring(Worker worker, long nowNanos) {
        worker.become(WorkerState.RETIRING, nowNanos);
        lostUnused += MinimumProcesses.isLostUnused(worker) ? 1 : 0;
        stopping++;
    }

    /** The process is gone: the worker is DEAD and gives its permit back. */
    void remove(Worker worker, long nowNanos, PoolActions actions) {
        if (!living.remove(worker)) {
            throw new IllegalStateException(worker + " is not alive");
        }
        if (worker.state() == WorkerState.STARTING || worker.state() == WorkerState.VERIFYING) {
            soonIdle--;
        } else if (worker.state() == WorkerState.RETIRING) {
            stopping--;
        }
        heldNanos += nowNanos - worker.startedNanos();
        if (worker.state() != WorkerState.RETIRING && MinimumProcesses.isLostUnused(worker)) {
            lostUnused++;
        }
        idle.remove(worker);
        files.workerEnded(worker);
        worker.become(WorkerState.DEAD, nowNanos);
        budget.release();
        actions.add(new PoolAction.SharePermits());
    }
}
