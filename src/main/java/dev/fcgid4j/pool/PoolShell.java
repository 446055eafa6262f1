/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.freshness.FreshnessEvents;
import dev.fcgid4j.freshness.FreshnessExecutor;
import dev.fcgid4j.freshness.FreshnessMonitor;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerConnection;
import dev.fcgid4j.worker.WorkerState;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@link WorkerGroup} in the real world: takes the lock around each decision and performs its actions afterwards.
 *
 * <p>Threading: any thread. The lock is held for the decision alone; listeners, launcher and log are called without it.
 */
final class PoolShell implements FreshnessExecutor {

    private final WorkerPool pool;
    private final PoolEnvironment environment;
    private final Logger applicationLog;
    private final ReentrantLock lock = new ReentrantLock();
    private final WorkerGroup group;

    // Guarded by the lock: once true, nobody uses this group any more.
    private boolean gone;

    private final FreshnessMonitor freshness;

    PoolShell(WorkerPool pool, ProcessClass processClass, WorkerGroup group) {
        this.pool = pool;
        this.environment = pool.environment();
        this.group = group;
        this.freshness = pool.monitors().create(processClass, this);
        this.applicationLog = LoggerFactory.getLogger("dev.fcgid4j.app." + loggerName(processClass.name()));
    }

    ProcessClass processClass() {
        return group.processClass();
    }

    // ---- events ---------------------------------------------------------------------------------------------------

    /** False when the group is gone and the caller should ask for a new one. */
    boolean acquire(Waiter waiter) {
        List<PoolAction> actions;
        lock.lock();
        try {
            if (gone) {
                return false;
            }
            actions = group.acquire(waiter, now());
        } finally {
            lock.unlock();
        }
        perform(actions);
        return true;
    }

    void cancel(Waiter waiter) {
        decideOn(g -> g.cancel(waiter, now()));
    }

    void released(Worker worker, Outcome outcome) {
        if (outcome.retire().isPresent() && worker.requests() == 0) {
            freshness.learnOfChanges();
        }
        decideOn(g -> g.released(worker, outcome, now()));
    }

    void recycle() {
        decideOn(g -> g.recycle(now()));
    }

    void retireAll(RetireReason reason) {
        decideOn(g -> g.retireAll(reason, now()));
    }

    void permitFreed() {
        decideOn(g -> g.permitFreed(now()));
    }

    void makeRoom() {
        decideOn(g -> g.makeRoom(now()));
    }

    void close() {
        decideOn(g -> g.close(now()));
    }

    void stopBusy() {
        decideOn(g -> g.stopBusy(now()));
    }

    /** Does what is due and tells when to come again. */
    long sweep(long nowNanos) {
        decideOn(g -> g.sweep(nowNanos));
        return askGroup(g -> g.nextSweepNanos(nowNanos));
    }

    /** Reads something of the group under its lock. */
    <T> T askGroup(Function<WorkerGroup, T> question) {
        lock.lock();
        try {
            return question.apply(group);
        } finally {
            lock.unlock();
        }
    }

    /** Retires the whole group if nothing lives or waits in it and it has rested since then; true when it is gone. */
    boolean goneIfUnusedSince(long nanos) {
        boolean unused = askGroup(g -> {
            gone |= g.unusedSince(nanos);
            return gone;
        });
        if (unused) {
            freshness.close();
        }
        return unused;
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    /** Knows of the class's files. */
    FreshnessMonitor freshness() {
        return freshness;
    }

    @Override
    public <T> T ask(Function<ClassFreshness, T> question) {
        return askGroup(g -> question.apply(g.files()));
    }

    @Override
    public void decide(Function<FreshnessEvents, List<FreshnessDecision>> event) {
        decideOn(g -> g.filesReported(event, now()));
    }

    @Override
    public void sweepAt(long nanos) {
        pool.sweepAt(nanos);
    }

    // ---- actions --------------------------------------------------------------------------------------------------

    private void decideOn(Function<WorkerGroup, List<PoolAction>> event) {
        perform(askGroup(event));
    }

    private void perform(List<PoolAction> actions) {
        for (PoolAction action : actions) {
            if (action instanceof PoolAction.Grant grant) {
                grant.waiter().listener().granted(new Lease(this, grant.worker()));
            } else if (action instanceof PoolAction.Refuse refuse) {
                refuse.waiter().listener().refused(refuse.why());
            } else if (action instanceof PoolAction.Spawn spawn) {
                spawn(spawn.worker());
            } else if (action instanceof PoolAction.Terminate terminate) {
                report(WorkerEvents.retired(terminate.worker()));
                // Nobody has a lease of it. Some applications end only when their connection does (php-cgi).
                terminate.worker().connection().ifPresent(WorkerConnection::close);
                terminate.worker().forgetConnection();
                terminate.worker().process().ifPresent(ApplicationProcess::terminate);
            } else if (action instanceof PoolAction.Kill kill) {
                report(WorkerEvents.killed(kill.worker()));
                kill.worker().process().ifPresent(ApplicationProcess::kill);
            } else if (action instanceof PoolAction.Warm warm) {
                Worker candidate = warm.worker();
                pool.warm(new Lease(this, candidate), failure -> decideOn(g -> g.warmed(candidate, failure, now())));
            } else if (action instanceof PoolAction.Report report) {
                report(report.event());
            } else if (action instanceof PoolAction.CheckFiles check) {
                freshness.perform(check.task());
            } else if (action instanceof PoolAction.MakeRoom) {
                pool.makeRoom(this);
            } else if (action instanceof PoolAction.PermitFreed) {
                pool.permitFreed();
            }
        }
        pool.decided();
    }

    /** Tells the listener. Not under the lock. */
    void report(FcgiEvent event) {
        environment.listener().onEvent(event);
    }

    private void spawn(Worker worker) {
        try {
            environment.blocking().execute(() -> launch(worker));
        } catch (RejectedExecutionException e) {
            decideOn(g -> g.launchFailed(worker, new WorkerStartException("no thread to start " + worker, e), now()));
        }
    }

    /** On a thread that may block: arm, then start, so that no change falls between. */
    private void launch(Worker worker) {
        try {
            FilesBeforeStart files = freshness.prepareStart();
            if (!askGroup(g -> g.launching(worker, files))) {
                decideOn(g -> g.notLaunched(worker, now()));
                freshness.startPrevented(files);
                return;
            }
            long launchedNanos = now();
            ProcessNotices notices = new ProcessNotices(worker, applicationLog, status -> exited(worker, status));
            ApplicationProcess process =
                    environment.launcher().launch(processClass().command(), notices);
            worker.attach(process);
            freshness.started(worker, process, launchedNanos);
            report(WorkerEvents.started(worker));
            notices.startIsKnown();
            decideOn(g -> g.launched(worker, now()));
            if (askGroup(g -> worker.state() == WorkerState.DEAD)) {
                freshness.ended(worker); // it ended before it was known
            }
        } catch (WorkerStartException e) {
            launchFailed(worker, e);
        } catch (RuntimeException | Error e) {
            launchFailed(worker, new WorkerStartException(processClass() + " can't be started: " + e, e));
            throw e;
        }
    }

    private void launchFailed(Worker worker, WorkerStartException why) {
        freshness.learnOfChanges();
        decideOn(g -> g.launchFailed(worker, why, now()));
    }

    /**
     * A worker has answered its first byte, so it has read its files. If the kernel can't tell of their changes, they may
     * be newer than what older workers have read: nobody gets one before they have been compared.
     */
    void proven(Worker worker) {
        if (freshness.isPolled()) {
            decideOn(g -> g.proven(worker, now()));
        }
    }

    private void exited(Worker worker, ExitStatus status) {
        if (worker.proven()) {
            freshness.drain();
        } else {
            freshness.learnOfChanges();
        }
        freshness.ended(worker);
        decideOn(g -> g.exited(worker, status, now()));
        worker.noteExited();
    }

    private long now() {
        return environment.nanoTime().getAsLong();
    }

    private static String loggerName(String name) {
        String dotted = name.replace('.', '_').replace('/', '.');
        return dotted.startsWith(".") ? dotted.substring(1) : dotted;
    }

    /** Where the application's own messages go. */
    Logger applicationLog() {
        return applicationLog;
    }

    /** Refuses a waiter outside any group. */
    static void refuse(Waiter waiter, FcgiException why) {
        waiter.listener().refused(why);
    }
}
