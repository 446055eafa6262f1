/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.FileSystemView;
import dev.fcgid4j.freshness.LoadReport;
import dev.fcgid4j.freshness.LoadedFile;
import dev.fcgid4j.process.ApplicationProcess;
import dev.fcgid4j.process.ExitStatus;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.process.ProcessLauncher;
import dev.fcgid4j.process.ProcessListener;
import dev.fcgid4j.watch.FileStamp;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The whole pool without threads, processes or time: a seed decides what happens next. After each step the limits hold,
 * no request gets a worker whose files are older than promised, nobody is overtaken or kept waiting beyond the limit, and
 * at the end nothing and nobody is left.
 */
class PoolSimulationTest {

    private static final int SEEDS = 4000;
    private static final int STEPS = 120;
    private static final int UNREAD = -1;
    private static final long HOUR = 3_600_000_000_000L;
    private static final long TICK = 4_000_000L;
    private static final FileStamp DIRECTORY = new FileStamp(1, 1, 1, 1, 1, true);

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
        private final ClassLimits limits;
        private final WorkerPool pool;
        private final List<Runnable> tasks = new ArrayList<>();
        private final List<FakeProcess> alive = new ArrayList<>();
        private final List<Watched> watched = new ArrayList<>();
        private final Map<Path, Source> sources = new HashMap<>();
        private final List<Request> asked = new ArrayList<>();
        private final List<Request> served = new ArrayList<>();
        private final Set<Worker> inUse = new HashSet<>();
        private final List<ProcessClass> classes = new ArrayList<>();
        private final boolean punctual; // sweeps when it is time; otherwise some time later
        private long now = 1_000_000_000L;
        private long nextSweep = now;
        private int pids = 100;
        private final Duration settleTime;
        private final boolean alone; // one class, whose files change seldom: goes deeper
        private final Set<Source> knowLibrary = new HashSet<>(); // classes of which the pool knows that they load it
        private boolean reliable;

        Simulation(long seed) {
            name = "seed " + seed;
            random = new Random(seed);
            punctual = random.nextBoolean();
            alone = random.nextInt(3) == 0;
            settleTime = random.nextInt(4) == 0 ? Duration.ofSeconds(2) : Duration.ZERO;
            settings = PoolSettings.defaults().toBuilder()
                    .settleTime(settleTime)
                    .maxProcesses((alone ? 3 : 1) + random.nextInt(5))
                    .build();
            limits = ClassLimits.defaults().toBuilder()
                    .maxProcesses(1 + random.nextInt(4))
                    .maxRequestsPerProcess(random.nextInt(3) == 0 ? 3 : 0)
                    .minProcesses(random.nextInt(2))
                    .queueLength(random.nextInt(12))
                    .queueTimeout(Duration.ofSeconds(5))
                    .idleTimeout(Duration.ofSeconds(20))
                    .busyTimeout(Duration.ofSeconds(30))
                    .build();
            pool = new WorkerPool(
                    settings,
                    new PoolEnvironment(
                            new Launcher(),
                            new Watcher(),
                            tasks::add,
                            () -> now++,
                            new Facts(),
                            (process, directory) -> ((FakeProcess) process).loads()));
            for (int i = 0; i < 2; i++) {
                sources.put(library(i), new Source(random.nextInt(3) == 0, (random.nextInt(3) - 1) * HOUR));
            }
            for (int i = 0; i < (alone ? 1 : 3); i++) {
                Path file = Path.of("/site/" + i);
                sources.put(file, new Source(random.nextInt(3) == 0, (random.nextInt(3) - 1) * HOUR));
                classes.add(new ProcessClass(
                        "/" + i,
                        new ProcessCommand(List.of(file.toString()), Map.of(), Path.of("/")),
                        policy(file),
                        limits));
            }
        }

        private static Path library(int which) {
            return Path.of("/lib/" + which % 2);
        }

        private ChangePolicy policy(Path file) {
            return new ChangePolicy(
                    List.of(file),
                    List.of(),
                    true,
                    random.nextBoolean(),
                    Optional.empty(),
                    random.nextBoolean() ? 0 : alone ? 50 : 20);
        }

        /** Tries a candidate when the schedule gets to it, and finds it good or not. */
        private void warm(Lease lease, Consumer<Optional<String>> verdict) {
            tasks.add(() -> {
                boolean good = reliable || random.nextInt(4) != 0;
                if (good) {
                    answered(lease);
                }
                lease.release(good || random.nextBoolean() ? Outcome.COMPLETED : Outcome.FAILED);
                tasks.add(() -> verdict.accept(good ? Optional.empty() : Optional.of("tried and found wanting")));
            });
        }

        void run() {
            pool.onWarm(this::warm);
            pool.onAlarm(when -> nextSweep = Math.min(nextSweep, when));
            for (int step = 0; step < (alone ? 3 : 1) * STEPS; step++) {
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
            switch (random.nextInt(18)) {
                case 0, 1, 2 -> ask();
                case 3, 4 -> pick(tasks).run();
                case 5, 6 -> release(random.nextInt(8) == 0 ? Outcome.FAILED : Outcome.COMPLETED);
                case 7 -> pass(random.nextInt(3_000) * 1_000_000L);
                case 8 -> sweep();
                case 9 -> seldom(this::crash);
                case 10 -> seldom(this::change);
                case 13 -> poll();
                case 11, 14 -> load();
                case 15 -> seldom(this::recycle);
                case 16 -> change(sources.get(library(random.nextInt(2))));
                case 12 -> takeAway(sources.get(library(random.nextInt(2))));
                default -> dieAsAsked();
            }
        }

        private void pass(long nanos) {
            long until = now + nanos;
            for (int i = 0; punctual && nextSweep <= until; i++) {
                now = Math.max(now, nextSweep);
                sweep();
                assertThat(i).as("%s: sweeping in circles", name).isLessThan(10_000);
            }
            now = until;
        }

        private void sweep() {
            nextSweep = Long.MAX_VALUE;
            nextSweep = Math.min(nextSweep, pool.sweep(now));
            assertThat(asked)
                    .as("%s: nobody waits beyond its deadline", name)
                    .noneMatch(r -> r.waits() && r.deadline() <= now - 1000);
        }

        private void seldom(Runnable step) {
            if (!alone || random.nextInt(12) == 0) {
                step.run();
            }
        }

        private void ask() {
            ask(classes.get(random.nextInt(classes.size())));
        }

        private void ask(ProcessClass wanted) {
            alive.forEach(FakeProcess::tell); // as draining the watcher does
            boolean first = random.nextInt(10) == 0;
            ask(wanted, first, first ? now - random.nextInt(6_000) * 1_000_000L : now);
        }

        private void ask(ProcessClass wanted, boolean first, long since) {
            Request request =
                    new Request(wanted, new AcquireOptions(random.nextInt(2) == 0 ? "a" : "b", first, since), now);
            asked.add(request);
            request.ticket = pool.acquire(wanted, request.options, request);
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
                if (random.nextInt(4) != 0 || outcome == Outcome.COMPLETED) {
                    answered(request.lease);
                }
                if (!reliable && random.nextInt(3) == 0) {
                    ask(worker.processClass()); // by somebody who has seen the answer
                }
                boolean again = !worker.proven() && outcome == Outcome.FAILED && !reliable;
                request.lease.release(outcome);
                if (again) { // it has lost its worker, and keeps the time at which it first asked
                    ask(worker.processClass(), true, request.options.sinceNanos());
                }
            }
        }

        /** The worker has answered, from the files as it has read them: whoever sees that must never see older ones. */
        private void answered(Lease lease) {
            FakeProcess process = process(lease.worker());
            process.read();
            if (random.nextInt(3) == 0) {
                process.load();
            }
            lease.proven();
            process.source.answered = Math.max(process.source.answered, process.version);
        }

        private FakeProcess process(Worker worker) {
            return (FakeProcess) worker.process().orElseThrow();
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

        /** Somebody changes a class's file, or begins to write it. */
        private void change() {
            if (!watched.isEmpty()) {
                Watched watch = watched.get(random.nextInt(watched.size()));
                if (!watch.source.blind && random.nextInt(3) == 0) {
                    beginToWrite(watch.source);
                } else {
                    change(watch.source);
                }
            }
        }

        private void beginToWrite(Source source) {
            source.beingWritten = true;
            source.writingSeenBy = Set.copyOf(knowLibrary);
            List.copyOf(watched).stream().filter(w -> w.source == source).forEach(w -> w.listener.beingWritten(w.file));
        }

        /** Somebody deletes a library, and perhaps writes it anew some time later. */
        private void takeAway(Source source) {
            if (!source.away) {
                source.away = true;
                source.beingWritten = false;
                source.everAway = true;
                source.awaySinceNanos = now;
                tellOf(source);
            }
        }

        private void change(Source source) {
            source.version++;
            source.away = false;
            source.beingWritten = false;
            source.changedNanos = (now + source.skew) / TICK * TICK;
            tellOf(source);
        }

        private void tellOf(Source source) {
            if (!source.blind) {
                List.copyOf(watched).stream().filter(w -> w.source == source).forEach(Watched::compareNow);
            }
        }

        /** What the kernel can't tell of is compared. */
        private void poll() {
            List.copyOf(watched).forEach(Watched::compareNow);
        }

        /** A process loads something, which is told of at once or before somebody asks. */
        private void load() {
            if (!alive.isEmpty()) {
                FakeProcess process = alive.get(random.nextInt(alive.size()));
                process.load();
                if (random.nextBoolean()) {
                    process.tell();
                }
            }
        }

        private void recycle() {
            ProcessClass which = classes.get(random.nextInt(classes.size()));
            if (pool.recycle(which.name())) {
                sources.get(which.policy().files().get(0)).recycled++;
            }
        }

        private void check() {
            assertThat(asked)
                    .as("%s: a sweep comes by its deadline for everybody who waits", name)
                    .noneMatch(r -> r.waits() && nextSweep > r.deadline());
            Set<String> there =
                    pool.snapshot().classes().stream().map(c -> c.name()).collect(Collectors.toSet());
            classes.stream()
                    .filter(each -> !there.contains(each.name())) // forgotten with all that was known of its files
                    .forEach(each ->
                            knowLibrary.remove(sources.get(each.policy().files().get(0))));
            assertThat(pool.processes()).as(name).isBetween(0, settings.maxProcesses());
            assertThat(alive.size()).as(name).isLessThanOrEqualTo(settings.maxProcesses());
            for (PoolSnapshot.ClassSnapshot each : pool.snapshot().classes()) {
                // One more while a new generation is tried beside the old one.
                assertThat(each.workers().size())
                        .as(name)
                        .isLessThanOrEqualTo(limits.maxProcesses() + (isRolling(each.name()) ? 1 : 0));
                // A canary gets its share and no more, even when others wait.
                assertThat(each.waiting() > 0
                                && !each.rollout().contains("gets")
                                && !mayBeComparing(each.name())
                                && each.workers().stream()
                                        .anyMatch(w -> w.state().equals("idle")))
                        .as("%s: somebody waits although a worker is idle", name)
                        .isFalse();
            }
        }

        /** What the kernel can't tell of is compared before anybody gets a worker. */
        private boolean mayBeComparing(String name) {
            return !tasks.isEmpty()
                    && (sources.get(library(name.charAt(1) - '0')).blind
                            || classes.stream()
                                    .anyMatch(c -> c.name().equals(name)
                                            && sources.get(c.policy().files().get(0)).blind));
        }

        private boolean isRolling(String name) {
            return classes.stream()
                    .anyMatch(c -> c.name().equals(name) && c.policy().rolling());
        }

        /** Nothing fails any more and no time passes: everybody who waits must be served by what happens by itself. */
        private void calm() {
            reliable = true;
            for (int i = 0; i < 400; i++) {
                sources.values().forEach(this::change);
                poll();
                settleFiles();
                if (i > 20) {
                    break;
                }
                settleOnce();
            }
            for (int i = 0; i < 400; i++) {
                settleOnce();
            }
            poll();
            settleFiles();
            for (int i = 0; i < 50; i++) {
                settleOnce();
            }
            assertThat(alive)
                    .as("%s: a strict class runs old files for ever", name)
                    .allMatch(p -> p.asked || !p.strict || (p.isNew() && p.hasNewLibrary()));
            assertThat(pool.snapshot().classes())
                    .as("%s: somebody waits for ever", name)
                    .allMatch(c -> c.waiting() == 0);
            if (random.nextBoolean()) {
                removeForGood(sources.get(library(random.nextInt(2))));
            }
        }

        /** Nobody goes on with a library that is gone. */
        private void removeForGood(Source library) {
            takeAway(library);
            poll();
            runTasks();
            List<FakeProcess> withIt = alive.stream()
                    .filter(p -> p.strict && !p.asked && p.library == library && p.libraryVersion != UNREAD)
                    .toList();
            pass(settings.quietTime().toNanos() + 1_000_000);
            sweep();
            settleFiles();
            for (int i = 0; i < 50; i++) {
                settleOnce();
            }
            assertThat(withIt)
                    .as("%s: a process of a strict class has a file that was removed", name)
                    .allMatch(p -> p.asked || !alive.contains(p));
        }

        /** Lets so much time pass that changes count. */
        private void settleFiles() {
            alive.forEach(FakeProcess::tell);
            if (!settleTime.isZero()) {
                pass(settleTime.toNanos() + 1);
                sweep();
            }
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
                pass(1_000_000_000L);
                sweep();
                dieAsAsked();
            }
        }

        /** A request: answered exactly once, unless it cancelled. */
        private final class Request implements LeaseListener {
            private final ProcessClass wanted;
            private final AcquireOptions options;
            private final long askedNanos;
            private final boolean strict;
            private final int oldest;
            private final int recycled;
            private final Source library;
            private final int oldestLibrary;
            private int answers;
            private boolean cancelled;
            private Lease lease;
            private WorkerPool.Ticket ticket;

            Request(ProcessClass wanted, AcquireOptions options, long askedNanos) {
                this.wanted = wanted;
                this.options = options;
                this.askedNanos = askedNanos;
                Source source = sources.get(wanted.policy().files().get(0));
                strict = !wanted.policy().rolling() && settleTime.isZero();
                oldest = source.blind ? source.answered : source.version;
                recycled = source.recycled;
                library = sources.get(library(classes.indexOf(wanted)));
                oldestLibrary = library.blind ? 0 : library.version;
            }

            boolean waits() {
                return answers == 0 && !cancelled;
            }

            long deadline() {
                return options.sinceNanos() + limits.queueTimeout().toNanos();
            }

            /**
             * Punctual sweeps let nobody wait longer; who asks again when its time is over is answered at once. A
             * microsecond is nothing: the clock moves on a little whenever somebody looks at it.
             */
            private void answered() {
                answers++;
                assertThat(!punctual || now - 1000 <= Math.max(deadline(), askedNanos))
                        .as("%s: answered in time", name)
                        .isTrue();
            }

            private boolean overtakes() {
                for (Request other : asked) {
                    if (other == this) {
                        break;
                    }
                    if (other.waits()
                            && !other.options.first()
                            && other.wanted.equals(wanted)
                            && other.options.affinity().equals(options.affinity())) {
                        return true;
                    }
                }
                return false;
            }

            @Override
            public void granted(Lease granted) {
                answered();
                assertThat(!options.first() && overtakes())
                        .as("%s: first come, first served", name)
                        .isFalse();
                assertThat(cancelled).as("%s: granted after it left", name).isFalse();
                assertThat(inUse.add(granted.worker()))
                        .as("%s: one worker, two requests", name)
                        .isTrue();
                if (strict) {
                    assertThat(process(granted.worker()).oldestPossible())
                            .as("%s: version of the files that the worker has read", name)
                            .isGreaterThanOrEqualTo(oldest);
                    assertThat(process(granted.worker()).recycled)
                            .as("%s: started since it was recycled", name)
                            .isGreaterThanOrEqualTo(recycled);
                    assertThat(process(granted.worker()).oldestLibrary(library))
                            .as("%s: version of the library that the worker has loaded", name)
                            .isGreaterThanOrEqualTo(oldestLibrary);
                }
                lease = granted;
                served.add(this);
            }

            @Override
            public void refused(FcgiException why) {
                answered();
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
                FakeProcess process =
                        new FakeProcess(pids++, listener, Path.of(command.argv().get(0)));
                assertThat(knowLibrary.contains(process.source) && process.library.mayComeBack())
                        .as("%s: started without a file that may come back", name)
                        .isFalse();
                assertThat(process.source.beingWritten
                                || (knowLibrary.contains(process.source)
                                        && process.library.beingWritten
                                        && process.library.writingSeenBy.contains(process.source)))
                        .as("%s: started while somebody writes a file", name)
                        .isFalse();
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
            private final Source source;
            private final int recycled;
            private final boolean strict;
            private final Path libraryFile;
            private final Source library;
            private final List<LoadedFile> notes = new ArrayList<>();
            private int version = UNREAD;
            private int libraryVersion = UNREAD;
            private boolean asked;
            private boolean killed;

            /** Reads its files now, or at any time before it answers. */
            FakeProcess(long pid, ProcessListener listener, Path file) {
                this.pid = pid;
                this.listener = listener;
                this.source = sources.get(file);
                this.recycled = source.recycled;
                int which = Integer.parseInt(file.getFileName().toString());
                this.strict = !classes.get(which).policy().rolling();
                this.libraryFile = library(which);
                this.library = sources.get(libraryFile);
                if (random.nextBoolean()) {
                    read();
                }
                if (random.nextInt(4) == 0) {
                    load();
                }
            }

            /** Loads its library, and notes that: all about it, or its name alone. */
            void load() {
                if (libraryVersion == UNREAD && library.away) {
                    return; // it goes on without
                }
                if (libraryVersion == UNREAD) {
                    libraryVersion = library.version;
                    boolean young = now - library.changedNanos < 50_000_000L;
                    FileStamp stamp = library.stamp();
                    notes.add(
                            random.nextInt(3) == 0
                                    ? LoadedFile.named(libraryFile)
                                    : new LoadedFile(
                                            libraryFile,
                                            now,
                                            stamp.modifiedNanos(),
                                            stamp.changedNanos(),
                                            stamp.size(),
                                            stamp.inode(),
                                            young ? library.content() : ""));
                } else {
                    notes.add(LoadedFile.named(libraryFile)); // again: nothing new
                }
            }

            void tell() {
                if (!notes.isEmpty()) {
                    pool.hasLoaded(pid);
                }
            }

            Optional<LoadReport> loads() {
                return Optional.of(() -> {
                    List<LoadedFile> read = List.copyOf(notes);
                    notes.clear();
                    if (read.stream().anyMatch(note -> !note.isNameOnly() || !library.everAway)) {
                        knowLibrary.add(source);
                    }
                    return read;
                });
            }

            boolean isNew() {
                return oldestPossible() == source.version;
            }

            boolean hasNewLibrary() {
                return oldestLibrary(library) == library.version;
            }

            int oldestLibrary(Source of) {
                return libraryVersion == UNREAD ? of.version : libraryVersion;
            }

            void read() {
                version = version == UNREAD ? source.version : version;
            }

            int oldestPossible() {
                return version == UNREAD ? source.version : version;
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

        /** A class's file: its version, and the newest one that somebody has had an answer from. */
        private final class Source {
            private final boolean blind; // the kernel can't tell of its changes, whose times are by another clock
            private final long skew;
            private int version;
            private int answered;
            private int recycled;
            private long changedNanos;
            private boolean beingWritten;
            private Set<Source> writingSeenBy = Set.of(); // classes that had loaded it
            private boolean away;
            private boolean everAway;
            private long awaySinceNanos;

            Source(boolean blind, long skew) {
                this.blind = blind;
                this.skew = blind ? skew : 0;
                this.changedNanos = this.skew; // long ago
            }

            boolean mayComeBack() {
                return away && now - awaySinceNanos < settings.quietTime().toNanos();
            }

            /** What can be seen of it without reading it. */
            List<Object> seen() {
                return List.of(version, away);
            }

            FileStamp stamp() {
                return away ? FileStamp.MISSING : new FileStamp(changedNanos, changedNanos, 1, 7, blind ? 2 : 1, false);
            }

            String content() {
                return "version " + version;
            }
        }

        /** A watch on one of them. */
        private final class Watched implements FileWatcher.Watch {
            private final Path file;
            private final Source source;
            private final FileWatcher.FileListener listener;
            private List<Object> seen;

            Watched(Path file, FileWatcher.FileListener listener) {
                this.file = file;
                this.source = sources.get(file);
                this.listener = listener;
                this.seen = source.seen();
                watched.add(this);
            }

            void compareNow() {
                if (!seen.equals(source.seen())) {
                    seen = source.seen();
                    listener.changed(file);
                }
            }

            @Override
            public boolean immediate() {
                return !source.blind;
            }

            @Override
            public void compare() {
                compareNow();
            }

            @Override
            public boolean isBeingChanged() {
                return false; // who changes a file is told of at once
            }

            @Override
            public void close() {
                watched.remove(this);
            }
        }

        /** What is read of libraries. */
        private final class Facts implements FileSystemView {

            @Override
            public FileStamp stamp(Path path) {
                Source source = sources.get(path);
                FileStamp stamp = source == null ? DIRECTORY : source.stamp();
                if (source != null && !reliable && random.nextInt(40) == 0) { // right after it was looked at
                    change(source);
                }
                return stamp;
            }

            @Override
            public FileStamp stampWithWay(Path path) {
                return stamp(path);
            }

            @Override
            public String content(Path path) {
                return sources.get(path).content();
            }

            @Override
            public long wallNanos() {
                return now;
            }
        }

        /** Remembers who listens. */
        private final class Watcher implements FileWatcher {
            @Override
            public Watch watchFiles(Collection<Path> files, FileListener listener) {
                return Watch.all(
                        files.stream().map(file -> new Watched(file, listener)).toList());
            }

            @Override
            public Map<Path, Watch> watchFiles(Map<Path, ? extends FileListener> listeners) {
                Map<Path, Watch> watches = new LinkedHashMap<>();
                listeners.forEach((file, listener) -> watches.put(file, new Watched(file, listener)));
                return watches;
            }

            @Override
            public Watch watchForWriters(Collection<Path> files, FileListener listener) {
                return watchFiles(files, listener);
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
                if (!reliable && random.nextInt(alone ? 200 : 8) == 0) { // between two steps of somebody else
                    change();
                    poll();
                }
            }

            @Override
            public long comparisons() {
                return 0;
            }

            @Override
            public void close() {
                // holds nothing
            }
        }
    }
}
