/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeLauncher;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A pool on fake processes, files and time, and everything that can happen to it. The schedule decides what happens
 * next; each detail of it comes from the seed.
 */
final class SimulationWorld {

    private static final long LONGEST_PAUSE_NANOS = 3_000_000;
    private static final int MAX_SWEEPS = 10_000;

    private final String name;
    private final Random random;
    private final FakeClock clock = FakeClock.ticking(1_000_000_000L);
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final FakeLauncher launcher = new FakeLauncher();
    private final List<Runnable> tasks = new ArrayList<>();
    private final SimulatedSite site;
    private final WorkerPool pool;
    private final Map<Long, SimulatedProcess> processes = new HashMap<>();
    private final SimulatedClients clients;
    private long nextSweepNanos = clock.nowNanos();
    private boolean reliable;

    SimulationWorld(long seed) {
        name = "seed " + seed;
        random = new Random(seed);
        site = new SimulatedSite(random, files);
        pool = new WorkerPool(
                site.settings(),
                new PoolEnvironment(launcher, watcher, watcher, tasks::add, clock, files, FakeProcess::loads));
        launcher.beforeLaunch(this::failSomeLaunches).afterLaunch(this::launched);
        files.afterStamp(file -> sometimesBetween(40, file::change));
        watcher.onDrain(() -> sometimesBetween(site.isSingleClass() ? 200 : 8, () -> {
            changeAnyFile();
            watcher.compareAll();
        }));
        clients = new SimulatedClients(this);
        pool.onWarm(clients::tryCandidate);
        pool.onAlarm(when -> nextSweepNanos = Math.min(nextSweepNanos, when));
    }

    /** Something happens between two steps of the code under test. */
    private void sometimesBetween(int times, Runnable event) {
        if (!reliable && random.nextInt(times) == 0) {
            event.run();
        }
    }

    /** From now on nothing fails and nothing happens between two steps. */
    void becomeReliable() {
        reliable = true;
    }

    boolean isReliable() {
        return reliable;
    }

    // ---- processes ------------------------------------------------------------------------------------------------

    private void failSomeLaunches(ProcessCommand command) {
        if (!reliable && random.nextInt(10) == 0) {
            throw new WorkerStartException("no");
        }
    }

    private void launched(ProcessCommand command, FakeProcess process) {
        SimulatedClass of = site.classOfScript(Path.of(command.argv().get(0)));
        SimulatedProcess simulated = new SimulatedProcess(process, of, this);
        processes.put(process.pid(), simulated);
        if (random.nextBoolean()) {
            simulated.readScript();
        }
        if (random.nextInt(4) == 0) {
            simulated.loadLibrary();
        }
        assertThat(of.isKnownToMissLibrary(site.settings().quietTime()))
                .as("%s: started without a file that may come back", name)
                .isFalse();
        assertThat(of.isKnownToBeWritten())
                .as("%s: started while a file is being written", name)
                .isFalse();
    }

    void crashAnyProcess() {
        List<FakeProcess> alive = launcher.alive();
        if (!alive.isEmpty()) {
            alive.get(random.nextInt(alive.size())).end(ExitStatus.exited(random.nextInt(2)));
        }
    }

    /** Killed processes end, and some of those that were asked to. */
    void endStoppedProcesses() {
        for (FakeProcess process : launcher.alive()) {
            if (process.isKilled() || (process.isTerminated() && random.nextInt(3) != 0)) {
                process.end(ExitStatus.killed(15));
            }
        }
    }

    /** A process loads its library; the pool notices that now or before the next request. */
    void loadInAnyProcess() {
        List<SimulatedProcess> alive = alive();
        if (!alive.isEmpty()) {
            SimulatedProcess process = alive.get(random.nextInt(alive.size()));
            process.loadLibrary();
            if (random.nextBoolean()) {
                process.announceReport();
            }
        }
    }

    /** The pool notices that the load report of a process has grown. */
    void loadReportGrew(long pid) {
        for (GroupExecutor group : pool.groups()) {
            group.askGroup(g -> List.copyOf(g.workers().living())).stream()
                    .filter(worker -> worker.pid() == pid)
                    .forEach(group.freshness()::reported);
        }
    }

    void announceReports() {
        alive().forEach(SimulatedProcess::announceReport);
    }

    List<SimulatedProcess> alive() {
        return launcher.alive().stream()
                .map(process -> processes.get(process.pid()))
                .toList();
    }

    SimulatedProcess processOf(Worker worker) {
        return processes.get(worker.pid());
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    /** A watched file is changed, or a writer begins to write it. */
    void changeAnyFile() {
        List<FakeFile> watched = watcher.watched();
        if (!watched.isEmpty()) {
            FakeFile file = watched.get(random.nextInt(watched.size()));
            if (file.isImmediate() && random.nextInt(3) == 0) {
                site.classes().stream()
                        .filter(each -> each.library() == file)
                        .forEach(SimulatedClass::libraryIsBeingWritten);
                file.beginToWrite();
            } else {
                file.change();
            }
        }
    }

    FakeFile anyLibrary() {
        return files.at(Path.of("/lib/" + random.nextInt(2)));
    }

    void changeEveryFile() {
        files.all().forEach(FakeFile::change);
    }

    /** Files whose changes the kernel does not report are compared. */
    void compareFiles() {
        watcher.compareAll();
    }

    SimulatedClass anyClass() {
        return site.classes().get(random.nextInt(site.classes().size()));
    }

    void recycleAnyClass() {
        SimulatedClass which = anyClass();
        if (pool.recycle(which.processClass().name())) {
            which.recycle();
        }
    }

    // ---- time -----------------------------------------------------------------------------------------------------

    void passTime(long nanos) {
        long until = clock.nowNanos() + nanos;
        for (int i = 0; site.isPunctual() && nextSweepNanos <= until; i++) {
            clock.moveTo(nextSweepNanos);
            sweep();
            assertThat(i).as("%s: sweeping in circles", name).isLessThan(MAX_SWEEPS);
        }
        clock.moveTo(until);
    }

    /** Does what the pool wants done at once, or after the pause between two plans, as its reaper does. */
    void sweepIfDueNow() {
        long dueNanos = nextSweepNanos;
        if (dueNanos - clock.nowNanos() <= LONGEST_PAUSE_NANOS) {
            clock.moveTo(Math.max(dueNanos, clock.nowNanos()));
            sweep();
        }
    }

    void sweep() {
        nextSweepNanos = Long.MAX_VALUE;
        nextSweepNanos = Math.min(nextSweepNanos, pool.sweep(clock.nowNanos()));
        assertThat(clients.requests())
                .as("%s: no request waits past its deadline", name)
                .noneMatch(request -> request.isOverdue(clock.nowNanos()));
    }

    /** Something that needs a thread, which it gets at some time later. */
    void later(Runnable task) {
        tasks.add(task);
    }

    /** Runs one of the tasks that wait for a thread, in any order. */
    void runAnyTask() {
        if (!tasks.isEmpty()) {
            tasks.remove(random.nextInt(tasks.size())).run();
        }
    }

    boolean anyTask() {
        return !tasks.isEmpty();
    }

    // ---- observations -------------------------------------------------------------------------------------------

    String name() {
        return name;
    }

    Random random() {
        return random;
    }

    FakeClock clock() {
        return clock;
    }

    SimulatedSite site() {
        return site;
    }

    WorkerPool pool() {
        return pool;
    }

    SimulatedClients clients() {
        return clients;
    }

    long nextSweepNanos() {
        return nextSweepNanos;
    }
}
