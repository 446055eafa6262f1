/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ExitStatus;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessLauncher;
import dev.fcgid4j.process.ProcessListener;
import dev.fcgid4j.watch.ChangePolicy;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.worker.ProcessClass;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * The whole pool without threads, processes or time: a seed decides what happens next. After each step the limits hold,
 * and at the end nothing and nobody is left.
 */
class PoolSimulationTest {

    private static final int SEEDS = 4000;
    private static final int STEPS = 120;

    @Test
    void limitsHoldAndNothingIsLostInAnySchedule() {
        for (long seed = 0; seed < SEEDS; seed++) {
            new Simulation(seed).run();
        }
    }

    /** One schedule. */
    private static final class Simulation {
        private final String name;
        private final Random random;
        private final PoolSettings settings;
        private final WorkerPool pool;
        private final List<Runnable> tasks = new ArrayList<>();
        private final List<FakeProcess> alive = new ArrayList<>();
        private final List<FileWatcher.FileListener> listeners = new ArrayList<>();
        private final List<Request> asked = new ArrayList<>();
        private final List<Request> served = new ArrayList<>();
        private final Set<Worker> inUse = new HashSet<>();
        private final List<ProcessClass> classes = new ArrayList<>();
        private long now = 1_000_000_000L;
        private int pids = 100;
        private boolean reliable;

        Simulation(long seed) {
            name = "seed " + seed;
            random = new Random(seed);
            settings = PoolSettings.defaults().toBuilder()
                    .maxProcesses(1 + random.nextInt(5))
                    .maxProcessesPerClass(1 + random.nextInt(4))
                    .maxRequestsPerProcess(random.nextInt(3) == 0 ? 3 : 0)
                    .minProcessesPerClass(random.nextInt(2))
                    .queueLength(random.nextInt(12))
                    .queueTimeout(Duration.ofSeconds(5))
                    .idleTimeout(Duration.ofSeconds(20))
                    .busyTimeout(Duration.ofSeconds(30))
                    .build();
            pool = new WorkerPool(settings, new PoolEnvironment(new Launcher(), new Watcher(), tasks::add, () -> now));
            for (int i = 0; i < 3; i++) {
                Path file = Path.of("/site/" + i);
                classes.add(new ProcessClass(
                        "/" + i, new ProcessCommand(List.of(file.toString()), Map.of(), Path.of("/")), policy(file)));
            }
        }

        private ChangePolicy policy(Path file) {
            return new ChangePolicy(
                    List.of(file),
                    List.of(),
                    true,
                    random.nextBoolean(),
                    Optional.empty(),
                    random.nextBoolean() ? 0 : 20);
        }

        /** Tries a candidate when the schedule gets to it, and finds it good or not. */
        private void warm(Lease lease, Consumer<Optional<String>> verdict) {
            tasks.add(() -> {
                boolean good = reliable || random.nextInt(4) != 0;
                if (good) {
                    lease.worker().prove();
                }
                lease.release(good || random.nextBoolean() ? Outcome.COMPLETED : Outcome.FAILED);
                tasks.add(() -> verdict.accept(good ? Optional.empty() : Optional.of("tried and found wanting")));
            });
        }

        void run() {
            pool.onWarm(this::warm);
            for (int step = 0; step < STEPS; step++) {
                step();
                check();
            }
            calm();
            pool.shutDown();
            finish();
            assertThat(pool.processes()).as("%s: processes left", name).isZero();
            assertThat(alive).as("%s: alive", name).isEmpty();
            assertThat(asked)
                    .as("%s: every request was answered exactly once", name)
                    .allMatch(r -> r.answers == 1);
            pool.close();
        }

        private void step() {
            switch (random.nextInt(13)) {
                case 0, 1, 2 -> ask();
                case 3, 4 -> pick(tasks).run();
                case 5, 6 -> release(random.nextInt(8) == 0 ? Outcome.FAILED : Outcome.COMPLETED);
                case 7 -> now += random.nextInt(3_000) * 1_000_000L;
                case 8 -> pool.sweep(now);
                case 9 -> crash();
                case 10 -> change();
                case 11 -> load();
                default -> dieAsAsked();
            }
        }

        private void ask() {
            Request request = new Request();
            asked.add(request);
            request.ticket = pool.acquire(
                    classes.get(random.nextInt(classes.size())),
                    new AcquireOptions(random.nextInt(2) == 0 ? "a" : "b", random.nextInt(10) == 0),
                    request);
            if (request.answers == 0 && random.nextInt(12) == 0) {
                request.ticket.cancel();
                if (request.answers == 0) {
                    asked.remove(request); // it left the line: it must never be answered
                    request.cancelled = true;
                }
            }
        }

        private Runnable pick(List<Runnable> from) {
            return from.isEmpty() ? () -> {} : from.remove(random.nextInt(from.size()));
        }

        private void release(Outcome outcome) {
            if (!served.isEmpty()) {
                Request request = served.remove(random.nextInt(served.size()));
                Worker worker = request.lease.worker();
                inUse.remove(worker);
                if (random.nextInt(4) != 0) {
                    worker.prove();
                }
                request.lease.release(outcome);
            }
        }

        private void crash() {
            if (!alive.isEmpty()) {
                alive.get(random.nextInt(alive.size())).end(ExitStatus.exited(random.nextInt(2)));
            }
        }

        private void dieAsAsked() {
            for (FakeProcess process : List.copyOf(alive)) {
                if (process.killed || (process.asked && random.nextInt(3) != 0)) {
                    process.end(ExitStatus.killed(15));
                }
            }
        }

        private void change() {
            if (!listeners.isEmpty()) {
                FileWatcher.FileListener listener = listeners.get(random.nextInt(listeners.size()));
                if (random.nextInt(3) == 0) {
                    listener.beingWritten(Path.of("/site"));
                } else {
                    listener.changed(Path.of("/site"));
                }
            }
        }

        /** A process notes that it has loaded something, and perhaps a file that one has loaded changes. */
        private void load() {
            if (!alive.isEmpty()) {
                pool.hasLoaded(alive.get(random.nextInt(alive.size())).pid);
            }
        }

        private void check() {
            assertThat(pool.processes()).as(name).isBetween(0, settings.maxProcesses());
            assertThat(alive.size()).as(name).isLessThanOrEqualTo(settings.maxProcesses());
            for (PoolSnapshot.ClassSnapshot each : pool.snapshot().classes()) {
                assertThat(each.workers().size()).as(name).isLessThanOrEqualTo(settings.maxProcessesPerClass() + 1);
                // A canary gets its share and no more, even when others wait.
                assertThat(each.waiting() > 0
                                && !each.rollout().contains("gets")
                                && each.workers().stream()
                                        .anyMatch(w -> w.state().equals("idle")))
                        .as("%s: somebody waits although a worker is idle", name)
                        .isFalse();
            }
        }

        /** Nothing fails any more and no time passes: everybody who waits must be served by what happens by itself. */
        private void calm() {
            reliable = true;
            for (int i = 0; i < 400; i++) {
                List.copyOf(listeners).forEach(listener -> listener.changed(Path.of("/site")));
                if (i > 20) {
                    break;
                }
                settleOnce();
            }
            for (int i = 0; i < 400; i++) {
                settleOnce();
            }
            assertThat(pool.snapshot().classes())
                    .as("%s: somebody waits for ever", name)
                    .allMatch(c -> c.waiting() == 0);
        }

        private void settleOnce() {
            runTasks();
            release(Outcome.COMPLETED);
            dieAsAsked();
        }

        private void runTasks() {
            for (int i = 0; !tasks.isEmpty(); i++) {
                pick(tasks).run();
                assertThat(i)
                        .as("%s: turning in circles: %s", name, pool.snapshot())
                        .isLessThan(10_000);
            }
        }

        private void finish() {
            for (int i = 0; i < 500 && (pool.processes() > 0 || !served.isEmpty()); i++) {
                runTasks();
                release(Outcome.COMPLETED);
                now += 1_000_000_000L;
                pool.sweep(now);
                dieAsAsked();
            }
        }

        /** A request: answered exactly once, unless it cancelled. */
        private final class Request implements LeaseListener {
            private int answers;
            private boolean cancelled;
            private Lease lease;
            private WorkerPool.Ticket ticket;

            @Override
            public void granted(Lease granted) {
                answers++;
                assertThat(cancelled).as("%s: granted after it left", name).isFalse();
                assertThat(inUse.add(granted.worker()))
                        .as("%s: one worker, two requests", name)
                        .isTrue();
                lease = granted;
                served.add(this);
            }

            @Override
            public void refused(FcgiException why) {
                answers++;
                assertThat(cancelled).as("%s: refused after it left", name).isFalse();
            }
        }

        /** Starts fake processes, some of which can't be started. */
        private final class Launcher implements ProcessLauncher {
            @Override
            public ApplicationProcess launch(ProcessCommand command, ProcessListener listener) {
                if (!reliable && random.nextInt(10) == 0) {
                    throw new WorkerStartException("no");
                }
                FakeProcess process = new FakeProcess(pids++, listener);
                alive.add(process);
                return process;
            }

            @Override
            public void close() {
                // nothing real was started
            }
        }

        /** A process that ends when the schedule says so. */
        private final class FakeProcess implements ApplicationProcess {
            private final long pid;
            private final ProcessListener listener;
            private boolean asked;
            private boolean killed;

            FakeProcess(long pid, ProcessListener listener) {
                this.pid = pid;
                this.listener = listener;
            }

            void end(ExitStatus status) {
                alive.remove(this);
                listener.exited(status);
            }

            @Override
            public long pid() {
                return pid;
            }

            @Override
            public Path socketPath() {
                return Path.of("/run/" + pid);
            }

            @Override
            public void terminate() {
                asked = true;
            }

            @Override
            public void kill() {
                killed = true;
            }

            @Override
            public OptionalLong residentBytes() {
                return OptionalLong.empty();
            }
        }

        /** Remembers who listens. */
        private final class Watcher implements FileWatcher {
            @Override
            public Watch watchFiles(Collection<Path> files, FileListener listener) {
                listeners.add(listener);
                return new Watch() {
                    @Override
                    public boolean immediate() {
                        return true;
                    }

                    @Override
                    public void close() {
                        listeners.remove(listener);
                    }
                };
            }

            @Override
            public Watch watchNames(Path directory, NameListener listener) {
                throw new UnsupportedOperationException("the pool watches no directories");
            }

            @Override
            public Watch watchAppends(Path directory, NameListener listener) {
                throw new UnsupportedOperationException("fake processes report nothing");
            }

            @Override
            public void drain() {
                // changes come when the schedule says so
            }

            @Override
            public void close() {
                // holds nothing
            }
        }
    }
}
