/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.LoadReport;
import dev.fcgid4j.freshness.LoadReports;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeLauncher;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The outside world of a pool as fakes. Tasks that may block run when the test says so, on its thread. For one thread.
 */
final class PoolHost {

    static final Path SCRIPT = Path.of("/site/a");

    final FakeClock clock = FakeClock.standing(TimeUnit.HOURS.toNanos(1));
    final FakeFiles files = new FakeFiles(clock);
    final FakeFile script = files.add(SCRIPT);
    final FakeWatcher watcher = new FakeWatcher(files);
    final FakeLauncher launcher = new FakeLauncher();
    final List<FcgiEvent> events = new ArrayList<>();
    final Queue<Runnable> blocking = new ArrayDeque<>();
    Executor executor = blocking::add;
    LoadReports loads = FakeProcess::loads;

    PoolEnvironment environment() {
        return new PoolEnvironment(
                launcher, watcher, watcher, task -> executor.execute(task), clock, files, this::openLoads, events::add);
    }

    private Optional<LoadReport> openLoads(ApplicationProcess process, Path directory) {
        return loads.open(process, directory);
    }

    /** Services of classes that share no permits. */
    PoolServices services() {
        return services(nowNanos -> nowNanos + TimeUnit.MINUTES.toNanos(1));
    }

    PoolServices services(PermitTrade permits) {
        return new PoolServices(PoolSettings.defaults(), environment(), permits);
    }

    /** A class of this script that replaces its workers at once. */
    static ProcessClass processClass(String name, ClassLimits limits) {
        return processClass(name, ChangePolicy.strict(List.of(SCRIPT)), limits);
    }

    static ProcessClass processClass(String name, ChangePolicy policy, ClassLimits limits) {
        List<String> command = List.of(SCRIPT.toString(), name); // classes with equal commands are one class
        return new ProcessClass(name, new ProcessCommand(command, Map.of(), Path.of("/site")), policy, limits);
    }

    GroupExecutor group(ProcessClass processClass, ProcessBudget budget, PoolServices services) {
        WorkerGroup group = new WorkerGroup(processClass, PoolSettings.defaults(), budget, clock.nowNanos());
        return new GroupExecutor(processClass, group, services);
    }

    /** A request that asks now. */
    Waiter waiter(LeaseListener listener) {
        return new Waiter(listener, new AcquireOptions("loop", false, clock.nowNanos()), TimeUnit.SECONDS.toNanos(30));
    }

    /** Runs the tasks that may block, and those that they add. */
    void run() {
        for (Runnable task = blocking.poll(); task != null; task = blocking.poll()) {
            task.run();
        }
    }

    /** The events of one kind, in order. */
    <T extends FcgiEvent> List<T> events(Class<T> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** What the pool reports about its own mistakes, in order. */
    List<String> failures() {
        return events(FcgiEvent.InternalFailure.class).stream()
                .map(failure -> failure.activity() + ": " + failure.cause().getMessage())
                .toList();
    }
}
