/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.application.ShareGroup;
import dev.fcgid4j.codec.Role;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeLauncher;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A pool whose processes sleep, on a clock that jumps from event to event: requests take their time without using a
 * processor, a start and a stop take theirs. Everything is decided by the seed.
 */
final class SharingWorld {

    private record Event(long nanos, long number, Runnable action) {}

    private final FakeClock clock = FakeClock.standing(1_000_000_000L);
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final FakeLauncher launcher = new FakeLauncher();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));
    private final List<SharingClass> classes = new ArrayList<>();
    private final Map<String, Integer> taken = new HashMap<>();
    private final Map<String, Integer> started = new HashMap<>();
    private final List<Double> failedStarts = new ArrayList<>();
    private final Set<FakeProcess> ending = new HashSet<>();
    private final Random random;
    private final WorkerPool pool;
    private final long startMillis;
    private final long stopMillis;
    private long nextSweepNanos = clock.nowNanos();
    private long numbers;

    /**
     * Creates an empty world.
     *
     * @param places FcgidMaxProcesses
     * @param startMillis how long a process takes to read its program, before its first response
     * @param stopMillis how long a process takes to end
     */
    SharingWorld(long seed, int places, long startMillis, long stopMillis) {
        this.random = new Random(seed);
        this.startMillis = startMillis;
        this.stopMillis = stopMillis;
        PoolEnvironment environment = new PoolEnvironment(
                launcher, watcher, watcher, task -> after(1, task), clock, files, FakeProcess::loads, this::onEvent);
        pool = new WorkerPool(
                PoolSettings.defaults().toBuilder().maxProcesses(places).build(), environment);
        pool.onAlarm(when -> nextSweepNanos = Math.min(nextSweepNanos, when));
    }

    private void onEvent(FcgiEvent event) {
        if (event instanceof FcgiEvent.WorkerRetired retired && retired.reason() == RetireReason.MAKE_ROOM) {
            taken.merge(retired.processClass(), 1, Integer::sum);
        } else if (event instanceof FcgiEvent.WorkerStarted process) {
            started.merge(process.processClass(), 1, Integer::sum);
        }
    }

    /** From now on no process can be started. */
    void failStarts() {
        launcher.beforeLaunch(command -> {
            failedStarts.add(seconds());
            throw new WorkerStartException("no such program");
        });
    }

    /** When starts failed. */
    List<Double> failedStarts() {
        return failedStarts;
    }

    /** Adds a class without requests. */
    SharingClass add(String name, ShareGroup group, ClassLimits limits) {
        Path script = files.add(Path.of(name), true, 0).path();
        ProcessClass processClass = new ProcessClass(
                name,
                new ProcessCommand(List.of(name), Map.of(), Path.of("/")),
                ChangePolicy.strict(List.of(script)),
                limits,
                Role.RESPONDER,
                group);
        SharingClass added = new SharingClass(this, processClass);
        classes.add(added);
        return added;
    }

    /** Lets time pass. */
    void run(double seconds) {
        long until = clock.nowNanos() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        while (true) {
            Event next = events.peek();
            long due = next == null ? nextSweepNanos : Math.min(nextSweepNanos, next.nanos());
            if (due > until) {
                clock.moveTo(until);
                return;
            }
            clock.moveTo(due);
            if (next != null && next.nanos() == due) {
                events.remove();
                next.action().run();
            } else {
                nextSweepNanos = Long.MAX_VALUE;
                nextSweepNanos = Math.min(nextSweepNanos, pool.sweep(clock.nowNanos()));
            }
            endStoppedProcesses();
        }
    }

    private void endStoppedProcesses() {
        for (FakeProcess process : launcher.alive()) {
            if (process.isTerminated() && ending.add(process)) {
                after(stopMillis, () -> {
                    ending.remove(process);
                    process.end(ExitStatus.killed(15));
                });
            }
        }
    }

    void after(long millis, Runnable action) {
        events.add(new Event(clock.nowNanos() + TimeUnit.MILLISECONDS.toNanos(millis), numbers++, action));
    }

    /** Seconds since the beginning. */
    double seconds() {
        return clock.nowNanos() / 1e9 - 1;
    }

    Random random() {
        return random;
    }

    WorkerPool pool() {
        return pool;
    }

    /** How long a process takes to read its program. */
    long startMillis() {
        return startMillis;
    }

    List<SharingClass> classes() {
        return classes;
    }

    /** How often a class lost a worker to another class. */
    int taken(SharingClass from) {
        return taken.getOrDefault(from.name(), 0);
    }

    /** How often any class lost a worker to another class. */
    int taken() {
        return classes.stream().mapToInt(this::taken).sum();
    }

    int started(SharingClass of) {
        return started.getOrDefault(of.name(), 0);
    }

    /** The longest time after which every process has ended and been replaced. */
    double secondsToReplace() {
        return (startMillis + stopMillis) / 1e3;
    }
}
