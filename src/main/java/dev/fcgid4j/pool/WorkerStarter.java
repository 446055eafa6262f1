/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.freshness.FreshnessMonitor;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import org.slf4j.Logger;

/**
 * Starts the processes of one class and reports their ends.
 *
 * <p>Order of a start: watch the class's files, ask whether the start is still wanted, start the process. So no change of a
 * file falls between its watch and its reader.
 *
 * <p>Threading: {@link #start} returns at once; the start itself runs on a thread that may block. The end of a process is
 * reported on the launcher's thread.
 */
final class WorkerStarter {

    private final ProcessClass processClass;
    private final PoolServices services;
    private final PoolEnvironment environment;
    private final FreshnessMonitor freshness;
    private final LockedGroup group;
    private final Logger applicationLog;

    WorkerStarter(ProcessClass processClass, PoolServices services, FreshnessMonitor freshness, LockedGroup group) {
        this.processClass = processClass;
        this.services = services;
        this.environment = services.environment();
        this.freshness = freshness;
        this.group = group;
        this.applicationLog = ApplicationLog.of(processClass);
    }

    /** The logger for the application's own messages. */
    Logger applicationLog() {
        return applicationLog;
    }

    /** Starts a process for a worker. */
    void start(Worker worker) {
        try {
            environment.starts().execute(() -> startNow(worker));
        } catch (RuntimeException | Error e) { // the pool closes, or the system has no thread left
            decideStartFailed(worker, new WorkerStartException("no thread to start " + worker + ": " + e, e));
        }
    }

    private void startNow(Worker worker) {
        try {
            FilesBeforeStart files = freshness.prepareStart();
            if (group.askGroup(g -> g.lifecycle().mayStart(worker, files))) {
                launch(worker);
            } else {
                group.decide((g, nowNanos, actions) -> g.lifecycle().notStarted(worker, nowNanos, actions));
                freshness.startPrevented(files);
            }
        } catch (WorkerStartException e) {
            startFailed(worker, e);
        } catch (RuntimeException | Error e) {
            services.report(new FcgiEvent.InternalFailure(processClass.name(), "can't start " + worker, e));
            startFailed(worker, new WorkerStartException(processClass + " can't be started: " + e, e));
        }
    }

    private void launch(Worker worker) {
        long beforeNanos = services.now();
        ProcessNotices notices = new ProcessNotices(worker, applicationLog, status -> exited(worker, status));
        ApplicationProcess process = environment.launcher().launch(processClass.command(), notices);
        worker.attach(process);
        try {
            freshness.started(worker, process, beforeNanos);
        } catch (RuntimeException | Error e) {
            services.report(new FcgiEvent.InternalFailure(
                    processClass.name(), "can't watch what " + worker + " loads; it is killed", e));
            worker.kill(); // its end gives the permit back
            notices.processIsKnown();
            return;
        }
        services.report(WorkerEvents.started(worker));
        notices.processIsKnown();
        group.decide((g, nowNanos, actions) -> g.lifecycle().started(worker, nowNanos, actions));
        if (group.askGroup(g -> worker.state() == WorkerState.DEAD)) {
            freshness.ended(worker); // it ended before freshness knew it
        }
    }

    /** A change of the class's files may explain the failure, so changes are learned first. */
    private void startFailed(Worker worker, WorkerStartException why) {
        learn(worker, freshness::learnOfChanges);
        decideStartFailed(worker, why);
    }

    /** What can't be learned explains nothing, but the permit of the worker must be given back all the same. */
    private void learn(Worker worker, Runnable ofChanges) {
        services.runReporting(processClass, "can't look for changes before the end of " + worker, ofChanges);
    }

    private void decideStartFailed(Worker worker, WorkerStartException why) {
        group.decide((g, nowNanos, actions) -> g.lifecycle().startFailed(worker, why, nowNanos, actions));
    }

    private void exited(Worker worker, ExitStatus status) {
        learn(worker, worker.proven() ? freshness::drain : freshness::learnOfChanges);
        services.runReporting(processClass, "can't end the watches of " + worker, () -> freshness.ended(worker));
        try {
            group.decide((g, nowNanos, actions) -> {
                if (worker.state() != WorkerState.DEAD) { // an end is reported again if its first report failed
                    g.lifecycle().exited(worker, status, nowNanos, actions);
                }
            });
        } finally {
            worker.end().notice().exited();
        }
    }
}
