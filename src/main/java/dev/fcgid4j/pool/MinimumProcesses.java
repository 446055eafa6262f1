/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;

/**
 * The floor below which a class's number of processes does not fall (FcgidMinProcessesPerClass).
 *
 * <h2>Which workers count</h2>
 *
 * <p>A worker counts until it is marked for retirement. A worker that must stop soon, because its lifetime is over or
 * because it serves its last request, still counts as ready but needs a successor. So the successor is started while the
 * worker serves on, and the worker stops when enough others are ready.
 *
 * <h2>When processes are started for it</h2>
 *
 * <p>The class is filled up after it has served a request. Three events end that until it has served another one: a start
 * that failed, a process that was lost before it answered, and {@link #pause}. So an application that cannot run, or that
 * changes its own files as it starts, is not started again and again without any request.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class MinimumProcesses {

    private final ClassLimits limits;
    private final int min;
    private final AgeRules ages;
    private final WorkerSet workers;
    private boolean served;
    private long losses;
    private boolean replacing;

    MinimumProcesses(ClassLimits limits, AgeRules ages, WorkerSet workers) {
        this.limits = limits;
        this.min = Math.min(limits.minProcesses(), limits.maxProcesses());
        this.ages = ages;
        this.workers = workers;
    }

    /** The class has served a request: it may be filled up. */
    void requestServed() {
        served = true;
        losses = workers.lostUnused();
    }

    /** The class is not filled up until it has served another request. */
    void pause() {
        served = false;
    }

    /** The number of processes to start now. */
    int lacking(long nowNanos) {
        if (min == 0) {
            return 0;
        }
        replacing = false;
        int lasting = 0;
        for (Worker worker : workers.living()) {
            if (stays(worker)) {
                if (endsSoon(worker, nowNanos)) {
                    replacing = true;
                } else if (++lasting == min) {
                    break;
                }
            }
        }
        boolean may = served && losses == workers.lostUnused();
        return may ? min - lasting : 0;
    }

    /** Whether {@link #lacking} has found a worker that must stop soon. */
    boolean isReplacing() {
        return replacing;
    }

    /** The number of workers that have a process and are not marked for retirement. Counts no further than needed. */
    int ready() {
        int ready = 0;
        for (Worker worker : workers.living()) {
            if (worker.state() != WorkerState.STARTING && stays(worker) && ++ready > min) {
                break;
            }
        }
        return ready;
    }

    /** The number of processes that the class keeps. */
    int floor() {
        return min;
    }

    private static boolean stays(Worker worker) {
        return switch (worker.state()) {
            case STARTING, VERIFYING, IDLE, BUSY -> worker.retireReason().isEmpty();
            case RETIRING, DEAD -> false;
        };
    }

    private boolean endsSoon(Worker worker, long nowNanos) {
        boolean lastRequest = limits.maxRequestsPerProcess() > 0
                && worker.state() == WorkerState.BUSY
                && worker.requests() + 1 >= limits.maxRequestsPerProcess();
        return lastRequest || ages.isTooOld(worker, nowNanos);
    }

    /** Whether a worker that has not answered yet is lost for a reason that may befall its successor too. */
    static boolean isLostUnused(Worker worker) {
        boolean forItsAge = worker.retireReason()
                .filter(reason -> reason == RetireReason.LIFETIME
                        || reason == RetireReason.IDLE_TIMEOUT
                        || reason == RetireReason.MAKE_ROOM)
                .isPresent();
        return !worker.proven() && worker.process().isPresent() && !forItsAge;
    }
}
