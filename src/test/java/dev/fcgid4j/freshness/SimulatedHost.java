/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.FreshnessDecision.GenerationBegan;
import dev.fcgid4j.freshness.FreshnessDecision.Task;
import dev.fcgid4j.freshness.FreshnessDecision.WorkerVerified;
import dev.fcgid4j.freshness.FreshnessDecision.WorkersOutdated;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The least pool that obeys the decisions on freshness: it has workers, no requests and no limits. Outdated workers stop
 * when they are free.
 */
final class SimulatedHost implements FreshnessExecutor, AutoCloseable {

    private final ProcessClass processClass;
    private final FreshnessEnvironment environment;
    private final ClassFreshness freshness;
    private final FreshnessMonitors monitors;
    private final FreshnessMonitor monitor;
    private final List<Worker> workers = new ArrayList<>();
    private long pids = 100;

    SimulatedHost(
            ProcessClass processClass, Duration settleTime, Duration quietTime, FreshnessEnvironment environment) {
        this.processClass = processClass;
        this.environment = environment;
        this.freshness = new ClassFreshness(processClass.policy(), settleTime);
        this.monitors = new FreshnessMonitors(environment, quietTime, Optional.empty());
        this.monitor = monitors.create(processClass, this);
    }

    ClassFreshness freshness() {
        return freshness;
    }

    FreshnessMonitor monitor() {
        return monitor;
    }

    /** The workers that have not ended, the oldest first. */
    List<Worker> workers() {
        return List.copyOf(workers);
    }

    List<Worker> workers(WorkerState state) {
        return workers.stream().filter(worker -> worker.state() == state).toList();
    }

    // ---- decisions ------------------------------------------------------------------------------------------------

    @Override
    public <T> T ask(Function<ClassFreshness, T> question) {
        return question.apply(freshness);
    }

    @Override
    public void decide(Function<FreshnessEvents, List<FreshnessDecision>> event) {
        List<Task> tasks = new ArrayList<>();
        for (FreshnessDecision decision : event.apply(freshness.events())) {
            if (decision instanceof GenerationBegan) {
                workers().stream().filter(freshness::isOutdated).forEach(this::generationBegan);
            } else if (decision instanceof WorkersOutdated outdated) {
                outdated.workers().forEach((worker, file) -> retireWhenFree(worker, outdated.reason()));
            } else if (decision instanceof WorkerVerified verified) {
                verified(verified.worker(), verified.verified());
            } else if (decision instanceof Task task) {
                tasks.add(task);
            }
        }
        tasks.forEach(monitor::perform);
    }

    @Override
    public void sweepAt(long nanos) {
        // the schedule sweeps when it likes
    }

    private void generationBegan(Worker worker) {
        if (worker.state() != WorkerState.STARTING) {
            freshness.markOutdated(worker);
            retireWhenFree(worker, RetireReason.SCRIPT_CHANGED);
        }
    }

    private void verified(Worker worker, boolean verified) {
        if (!verified && worker.state() == WorkerState.IDLE) {
            worker.become(WorkerState.VERIFYING, now());
        } else if (verified && worker.state() == WorkerState.VERIFYING) {
            rest(worker);
        }
    }

    private void retireWhenFree(Worker worker, RetireReason reason) {
        worker.retirement().set(reason);
        if (worker.state() == WorkerState.IDLE || worker.state() == WorkerState.VERIFYING) {
            worker.become(WorkerState.RETIRING, now());
        }
    }

    private void rest(Worker worker) {
        if (worker.retireReason().isPresent()) {
            worker.become(WorkerState.RETIRING, now());
        } else if (!freshness.isVerifying(worker)) {
            worker.become(WorkerState.IDLE, now());
        } else if (worker.state() != WorkerState.VERIFYING) {
            worker.become(WorkerState.VERIFYING, now());
        }
    }

    // ---- life of a worker -----------------------------------------------------------------------------------------

    /** Starts a worker, if that is allowed. */
    Optional<Worker> start() {
        if (!freshness.startsAllowed()) {
            return Optional.empty();
        }
        Worker worker = new Worker(processClass, Worker.NOT_LAUNCHED, now());
        workers.add(worker);
        freshness.workerAdded(worker);
        FilesBeforeStart found = monitor.prepareStart();
        if (!freshness.mayStart(found)) {
            monitor.startPrevented(found);
            ended(worker);
            return Optional.empty();
        }
        freshness.starting(worker);
        long before = now();
        FakeProcess process = new FakeProcess(pids++, new NoListener());
        worker.attach(process);
        monitor.started(worker, process, before);
        if (freshness.isOutdated(worker)) {
            freshness.markOutdated(worker);
        }
        rest(worker);
        return Optional.of(worker);
    }

    /** A request gets the worker. */
    void lease(Worker worker) {
        worker.become(WorkerState.BUSY, now());
        freshness.leased(worker);
    }

    /** The worker has answered its first byte. */
    void prove(Worker worker) {
        if (!worker.proven()) {
            worker.prove();
            if (monitor.isPolled()) {
                decide(events -> events.proven(worker));
            }
        }
    }

    /** The request has ended. */
    void release(Worker worker) {
        worker.countRequest();
        if (freshness.isOutdated(worker)) {
            freshness.markOutdated(worker);
        }
        if (worker.retireReason().isEmpty()) {
            decide(events -> events.requestEnded(worker, now()));
        }
        rest(worker);
    }

    /** The worker's process has ended. */
    void end(Worker worker) {
        monitor.ended(worker);
        ended(worker);
    }

    private void ended(Worker worker) {
        workers.remove(worker);
        freshness.workerEnded(worker);
        worker.become(WorkerState.DEAD, now());
    }

    private long now() {
        return environment.nanoTime().getAsLong();
    }

    @Override
    public void close() {
        monitor.close();
        monitors.close();
    }
}
