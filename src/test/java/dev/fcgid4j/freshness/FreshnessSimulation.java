/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import dev.fcgid4j.watch.FileStamp;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One schedule of one class: a script that all its workers read, and a library that some of them load.
 *
 * <p>If the files don't change, the kernel reports their changes and every report is complete. Otherwise a version may be
 * unknown, and a worker goes for that.
 */
final class FreshnessSimulation {

    private static final int STEPS = 150;
    private static final int MAX_WORKERS = 4;
    private static final int MAX_TASKS = 10_000;
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final long YOUNG_NANOS = 50_000_000L;
    private static final Duration QUIET_TIME = Duration.ofSeconds(2);

    private final String name;
    private final Random random;
    private final boolean filesChange;
    private final Duration settleTime;
    private final FakeClock clock = FakeClock.ticking(1_000_000_000L);
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final FakeFile script;
    private final FakeFile library;
    private final List<Runnable> tasks = new ArrayList<>();
    private final Map<Worker, Versions> versions = new HashMap<>();
    private final SimulatedHost host;
    private int newestAnswered;
    private boolean between; // something may happen between two steps of the code under test
    private int retired;

    /** What a worker's process has read. */
    private static final class Versions {
        private static final int UNREAD = -1;
        private int script = UNREAD;
        private int library = UNREAD;
        private boolean readPartialFile; // since it was leased
    }

    FreshnessSimulation(long seed, boolean filesChange) {
        name = "seed " + seed;
        random = new Random(seed);
        this.filesChange = filesChange;
        between = filesChange;
        settleTime = random.nextInt(3) == 0 ? Duration.ofSeconds(1) : Duration.ZERO;
        script = add("/site/app.fcgi");
        library = add("/lib/x.pm");
        files.afterStamp(file -> happenBetween(30, file::change));
        watcher.onDrain(() -> happenBetween(60, this::changeAnyFile));
        ProcessClass processClass = new ProcessClass(
                "/app",
                new ProcessCommand(List.of(script.path().toString()), Map.of(), Path.of("/site")),
                ChangePolicy.strict(List.of(script.path())));
        host = new SimulatedHost(
                processClass,
                settleTime,
                QUIET_TIME,
                new FreshnessEnvironment(watcher, watcher, files, FakeProcess::loads, tasks::add, clock));
    }

    private FakeFile add(String path) {
        boolean immediate = !filesChange || random.nextInt(3) != 0;
        return files.add(Path.of(path), immediate, (random.nextInt(3) - 1) * HOUR_NANOS);
    }

    private void happenBetween(int times, Runnable event) {
        if (between && random.nextInt(times) == 0) {
            event.run();
        }
    }

    void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        calmDown();
        host.close();
    }

    private void step() {
        switch (random.nextInt(14)) {
            case 0, 1 -> start();
            case 2, 3, 4 -> lease();
            case 5, 6 -> release();
            case 7 -> loadInAnyWorker();
            case 8 -> runAnyTask();
            case 9 -> pass(random.nextInt(1_500) * 1_000_000L);
            case 10 -> watcher.compareAll();
            case 11 -> endRetired();
            default -> {
                if (filesChange) {
                    changeAnyFile();
                } else {
                    runAnyTask();
                }
            }
        }
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    private void changeAnyFile() {
        FakeFile file = random.nextBoolean() ? script : library;
        switch (random.nextInt(5)) {
            case 0 -> {
                if (file.isImmediate() && watcher.watched().contains(file)) { // otherwise its writer is unknown
                    file.beginToWrite();
                }
            }
            case 1 -> library.remove();
            default -> file.change();
        }
    }

    private void pass(long nanos) {
        clock.advance(nanos);
        host.decide(events -> events.sweep(clock.nowNanos()));
    }

    // ---- workers --------------------------------------------------------------------------------------------------

    private void start() {
        if (host.workers().size() < MAX_WORKERS) {
            int scriptVersion = script.version();
            host.start().ifPresent(worker -> started(worker, scriptVersion));
        }
    }

    private void started(Worker worker, int scriptVersion) {
        assertThat(script.isBeingWritten() && worker.retireReason().isEmpty())
                .as("%s: started while the script is being written", name)
                .isFalse();
        Versions read = new Versions();
        versions.put(worker, read);
        if (random.nextBoolean()) {
            // It may have read the script at any moment of its start, if it was the same all the time.
            read.script = script.version() == scriptVersion ? scriptVersion : Versions.UNREAD;
        }
    }

    private void lease() {
        host.monitor().drain();
        host.workers().forEach(this::announceReport);
        List<Worker> idle = host.workers(WorkerState.IDLE);
        if (idle.isEmpty() || host.freshness().isComparing()) {
            return;
        }
        Worker worker = idle.get(random.nextInt(idle.size()));
        assertFresh(worker);
        host.lease(worker);
        versions.get(worker).readPartialFile = false;
    }

    private void announceReport(Worker worker) {
        FakeProcess process = (FakeProcess) worker.process().orElseThrow();
        if (process.hasUnreadReport()) {
            host.monitor().reported(worker);
        }
    }

    /** With a settle time, older files may answer until it ends; whether all is new then, the calm tells. */
    private void assertFresh(Worker worker) {
        Versions read = versions.get(worker);
        if (!settleTime.isZero()) {
            return;
        }
        int oldestScript = script.isImmediate() ? script.version() : newestAnswered;
        assertThat(read.script == Versions.UNREAD || read.script >= oldestScript)
                .as("%s: %s answers from script version %s of %s", name, worker, read.script, oldestScript)
                .isTrue();
        assertThat(read.library == Versions.UNREAD || !library.isImmediate() || read.library == library.version())
                .as("%s: %s answers from library version %s of %s", name, worker, read.library, library.version())
                .isTrue();
    }

    private void release() {
        List<Worker> busy = host.workers(WorkerState.BUSY);
        if (busy.isEmpty()) {
            return;
        }
        Worker worker = busy.get(random.nextInt(busy.size()));
        Versions read = versions.get(worker);
        if (random.nextInt(3) == 0) {
            load(worker);
        }
        if (read.script == Versions.UNREAD) {
            read.script = script.version();
            read.readPartialFile |= script.isBeingWritten();
        }
        announceReport(worker);
        assertThat(!read.readPartialFile || host.freshness().mayHaveReadPartialFile(worker, true))
                .as("%s: a failure for a partial file counts as one of the application", name)
                .isTrue();
        host.prove(worker);
        newestAnswered = Math.max(newestAnswered, read.script);
        host.release(worker);
    }

    private void loadInAnyWorker() {
        List<Worker> workers = host.workers();
        if (!workers.isEmpty()) {
            Worker worker = workers.get(random.nextInt(workers.size()));
            load(worker);
            if (random.nextBoolean()) {
                announceReport(worker);
            }
        }
    }

    /** The worker loads the library, unless it is missing, and reports all about it or its name alone. */
    private void load(Worker worker) {
        Versions read = versions.get(worker);
        FakeProcess process = (FakeProcess) worker.process().orElseThrow();
        if (read.library != Versions.UNREAD) {
            process.report(LoadedFile.named(library.path()));
        } else if (!library.isMissing()) {
            read.library = library.version();
            read.readPartialFile |= isKnownToBeWritten();
            process.report(filesChange && random.nextInt(3) == 0 ? LoadedFile.named(library.path()) : report());
        }
    }

    /** Returns whether a writer is known. The writer of a file that no worker has loaded is not reported. */
    private boolean isKnownToBeWritten() {
        return library.isBeingWritten() && host.freshness().startsWaitFor().isPresent();
    }

    private LoadedFile report() {
        FileStamp stamp = library.stamp();
        boolean young = clock.nowNanos() - library.changedNanos() < YOUNG_NANOS;
        return new LoadedFile(
                library.path(),
                clock.nowNanos(),
                stamp.modifiedNanos(),
                stamp.changedNanos(),
                stamp.size(),
                stamp.inode(),
                young ? library.content() : "");
    }

    private void endRetired() {
        for (Worker worker : host.workers(WorkerState.RETIRING)) {
            retired++;
            host.end(worker);
        }
    }

    private void runAnyTask() {
        if (!tasks.isEmpty()) {
            tasks.remove(random.nextInt(tasks.size())).run();
        }
    }

    // ---- calm -----------------------------------------------------------------------------------------------------

    /** Nothing happens any more: every worker must run the newest files, and starts must be allowed. */
    private void calmDown() {
        between = false;
        if (filesChange) {
            script.change();
            library.change();
        }
        for (int i = 0; i < 5; i++) {
            watcher.compareAll();
            host.workers().forEach(this::announceReport);
            for (int n = 0; !tasks.isEmpty(); n++) {
                assertThat(n).as("%s: turning in circles", name).isLessThan(MAX_TASKS);
                runAnyTask();
            }
            while (!host.workers(WorkerState.BUSY).isEmpty()) {
                release();
            }
            pass(QUIET_TIME.plus(settleTime).toNanos());
            endRetired();
        }
        assertThat(host.freshness().startsAllowed())
                .as("%s: starts allowed", name)
                .isTrue();
        assertThat(host.freshness().isComparing()).as("%s: comparing", name).isFalse();
        assertThat(host.workers()).as("%s: workers serve", name).allMatch(w -> w.state() == WorkerState.IDLE);
        host.workers().forEach(this::assertNewest);
        assertThat(filesChange || retired == 0)
                .as("%s: a worker went although nothing changed", name)
                .isTrue();
    }

    private void assertNewest(Worker worker) {
        Versions read = versions.get(worker);
        assertThat(read.script).as("%s: script", name).isIn(Versions.UNREAD, script.version());
        assertThat(read.library).as("%s: library", name).isIn(Versions.UNREAD, library.version());
    }
}
