/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RequestMeter;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.LeaseRecorder;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The parts of a worker group without the group, so that a test can drive one of them. The clock is an argument. */
final class PoolParts {

    static final Path SCRIPT = Path.of("/site/a");
    static final Duration GRACE = Duration.ofSeconds(3);

    final ProcessClass processClass;
    final ProcessBudget budget;
    final ClassPermits permits;
    final RolloutState rollout;
    final ClassFreshness files;
    final WorkerSet workers;
    final WaitingLine line;
    final GroupHistory history = new GroupHistory();
    final RequestMeter meter = history.requests();
    final SpawnPolicy spawnPolicy;
    final Refusals refusals;
    final RolloutController rolloutController;

    PoolParts(ClassLimits limits, int permits) {
        this(strict(), limits, permits);
    }

    PoolParts(ChangePolicy policy, ClassLimits limits, int permits) {
        processClass =
                new ProcessClass("/a", new ProcessCommand(List.of("/site/a"), Map.of(), Path.of("/")), policy, limits);
        budget = new ProcessBudget(permits);
        this.permits = new ClassPermits(budget, 0);
        rollout = new RolloutState(policy.canaryPercent());
        files = new ClassFreshness(policy, Duration.ZERO);
        workers = new WorkerSet(processClass, budget, rollout, files);
        line = new WaitingLine(limits.queueLength());
        spawnPolicy = new SpawnPolicy(PoolSettings.defaults(), 0);
        refusals = new Refusals(processClass, budget, workers, line, meter);
        rolloutController = new RolloutController(processClass, workers, files, rollout);
    }

    static ChangePolicy strict() {
        return ChangePolicy.strict(List.of(SCRIPT));
    }

    static ChangePolicy rolling() {
        return new ChangePolicy(List.of(SCRIPT), List.of(), true, true, Optional.empty(), 0);
    }

    StartControl starts() {
        return new StartControl(processClass.limits(), permits, spawnPolicy, workers, files, rollout);
    }

    Retirement retirement() {
        return new Retirement(processClass.limits(), GRACE, permits, workers, files, rollout, refusals);
    }

    WorkerLifecycle lifecycle() {
        return new WorkerLifecycle(workers, files, spawnPolicy, rollout, rolloutController, history, refusals);
    }

    // ---- workers --------------------------------------------------------------------------------------------------

    /** A worker whose process is being started. It holds a permit. */
    Worker starting(long nowNanos) {
        budget.tryAcquire();
        return workers.start(nowNanos, new PoolActions());
    }

    /** A worker that has read its files, without a request. */
    Worker idle(long nowNanos) {
        Worker worker = starting(nowNanos);
        files.starting(worker);
        workers.hasProcess();
        workers.park(worker, nowNanos, new PoolActions());
        return worker;
    }

    /** A worker that serves a request. */
    Worker busy(long nowNanos) {
        Worker worker = idle(nowNanos);
        workers.unpark(worker);
        worker.become(WorkerState.BUSY, nowNanos);
        files.leased(worker);
        return worker;
    }

    /** A rollout in which this worker's generation serves and a younger one is tried. */
    void rolloutBeside(Worker serving) {
        changed(0);
        rollout.begin(serving.generation(), files.generation());
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    /** The script changed: a generation began. */
    void changed(long nowNanos) {
        files.events().changed(SCRIPT, nowNanos);
    }

    /** A writer has opened the script. */
    void beingWritten() {
        files.events().beingWritten(SCRIPT);
    }

    /** The files as they are found before a start. */
    FilesBeforeStart found() {
        return new FilesBeforeStart(files.generation(), files.changeCount(), List.of());
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    /** A request that has joined the line. */
    Waiter waiting(long sinceNanos) {
        Waiter waiter = waiter("loop", false, sinceNanos);
        line.add(waiter);
        return waiter;
    }

    /** A request that waits for the class's FcgidQueueTimeout. */
    Waiter waiter(Object affinity, boolean first, long sinceNanos) {
        return new Waiter(
                new LeaseRecorder(),
                new AcquireOptions(affinity, first, sinceNanos),
                processClass.limits().queueTimeout().toNanos());
    }

    // ---- time and actions -----------------------------------------------------------------------------------------

    static long at(double second) {
        return (long) (second * TimeUnit.SECONDS.toNanos(1));
    }

    /** The actions of one kind, in order. */
    static <T extends PoolAction> List<T> only(Class<T> kind, PoolActions actions) {
        return actions.list().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The reported events, in order. */
    static List<FcgiEvent> events(PoolActions actions) {
        return only(PoolAction.Report.class, actions).stream()
                .map(PoolAction.Report::event)
                .toList();
    }

    /** The workers whose processes are asked to end, in order. */
    static List<Worker> terminated(PoolActions actions) {
        return only(PoolAction.Terminate.class, actions).stream()
                .map(PoolAction.Terminate::worker)
                .toList();
    }

    /** The refused requests, in order. */
    static List<Waiter> refused(PoolActions actions) {
        return only(PoolAction.Refuse.class, actions).stream()
                .map(PoolAction.Refuse::waiter)
                .toList();
    }
}
