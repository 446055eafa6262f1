/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Watching before a start, and the tasks, on files in memory and with the least pool. */
class FreshnessMonitorTest {

    private static final Path SCRIPT = Path.of("/site/app.fcgi");
    private static final Path LIBRARY = Path.of("/lib/x.pm");

    private final FakeClock clock = FakeClock.ticking(1_000_000_000L);
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final FakeFile library = files.add(LIBRARY);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<FcgiEvent> events = new ArrayList<>();
    private FakeFile script = files.add(SCRIPT);
    private boolean closing;
    private final SimulatedHost host = new SimulatedHost(
            new ProcessClass(
                    "/app",
                    new ProcessCommand(List.of(SCRIPT.toString()), Map.of(), Path.of("/site")),
                    ChangePolicy.strict(List.of(SCRIPT))),
            Duration.ZERO,
            Duration.ofSeconds(2),
            new FreshnessEnvironment(watcher, watcher, files, FakeProcess::loads, this::execute, clock, events::add));

    @AfterEach
    void close() {
        host.close();
    }

    private void execute(Runnable task) {
        if (closing) {
            throw new RejectedExecutionException("closing");
        }
        tasks.add(task);
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private Worker start() {
        return host.start().orElseThrow();
    }

    private Worker startedWithLibrary() {
        Worker worker = start();
        ((FakeProcess) worker.process().orElseThrow()).report(LoadedFile.named(LIBRARY));
        host.monitor().reported(worker);
        runTasks();
        return worker;
    }

    private int generation() {
        return host.freshness().generation();
    }

    @Test
    void changeThatIsQueuedBeforeAStartIsDecidedOnBeforeIt() {
        start();
        watcher.onDrain(() -> {
            watcher.onDrain(() -> {});
            script.change();
        });

        assertThat(host.start()).as("it would be of an older generation").isEmpty();
        assertThat(host.start()).isPresent();
    }

    @Test
    void filesAreWatchedOnceForEachGeneration() {
        AtomicInteger looks = new AtomicInteger();
        files.afterStamp(file -> looks.addAndGet(file == script ? 1 : 0));

        host.monitor().prepareStart();
        assertThat(looks).hasValue(1);
        host.monitor().prepareStart();
        assertThat(looks).as("they are watched").hasValue(1);

        host.decide(FreshnessEvents::recycled);
        host.monitor().prepareStart();
        assertThat(looks).as("another generation").hasValue(2);
    }

    @Test
    void changeThatOnlyAComparisonFindsIsFoundWhenTheFilesAreWatchedAgain() {
        script = files.add(SCRIPT, false, 0);
        start();
        script.change();
        host.decide(FreshnessEvents::recycled);
        assertThat(generation()).isEqualTo(1);

        host.monitor().prepareStart();

        assertThat(generation()).isEqualTo(2);
        assertThat(host.monitor().isPolled()).isTrue();
    }

    @Test
    void scriptThatWasSeenAndIsMissingPreventsAStart() {
        start();
        script.remove();

        assertThat(host.monitor().prepareStart().missing())
                .extracting(MissingFile::file)
                .containsExactly(SCRIPT);
        assertThat(host.start()).isEmpty();

        script.change();
        assertThat(host.start()).isPresent();
    }

    @Test
    void scriptThatWasNeverSeenIsNotWaitedFor() {
        script.remove();

        assertThat(host.monitor().prepareStart().missing()).isEmpty();
        assertThat(host.start()).isPresent();
    }

    @Test
    void loadedFileThatIsMissingPreventsAStart() {
        startedWithLibrary();
        library.remove();

        assertThat(host.monitor().prepareStart().missing())
                .extracting(MissingFile::file)
                .containsExactly(LIBRARY);
    }

    @Test
    void fileThatAResponseNamesIsWatchedBeforeTheNextRequest() {
        Worker worker = start();

        host.monitor().dependsOn(worker, LIBRARY);

        assertThat(worker.state()).isEqualTo(WorkerState.VERIFYING);
        runTasks();
        assertThat(watcher.watched()).contains(library);
        assertThat(host.monitor().readsWhileItServes(worker)).isTrue();
    }

    @Test
    void reportsOfAProcessThatHasEndedAreNotRead() {
        Worker worker = startedWithLibrary();
        host.monitor().ended(worker);

        library.change();

        assertThat(host.freshness().isSuspect(worker)).isFalse();
    }

    @Test
    void whileThePoolClosesNoWorkerVerifiesForEver() {
        Worker worker = start();
        closing = true;

        host.monitor().reported(worker);

        assertThat(host.freshness().isVerifying(worker)).isFalse();
    }

    @Test
    void whileThePoolClosesNoComparisonLastsForEver() {
        script = files.add(SCRIPT, false, 0);
        start();
        Worker worker = start();
        closing = true;

        host.prove(worker);

        assertThat(host.freshness().isComparing()).isFalse();
    }

    @Test
    void changeOfASharedFileIsAnEvent() {
        start();
        assertThat(events).isEmpty();

        script.change();

        assertThat(events).containsExactly(new FcgiEvent.FileChanged("/app", SCRIPT));
    }

    @Test
    void workerWhoseVerificationFailsIsReplacedAndReported() {
        Worker worker = start();
        IllegalStateException failure = new IllegalStateException("as it happens");
        files.afterStamp(file -> {
            throw failure;
        });

        host.monitor().dependsOn(worker, LIBRARY);
        runTasks();

        assertThat(events).containsExactly(new FcgiEvent.VerificationFailed("/app", worker.pid(), failure));
        assertThat(worker.retireReason()).contains(RetireReason.LOADED_FILE_CHANGED);
    }

    @Test
    void watchesEndWithTheClass() {
        startedWithLibrary();
        assertThat(watcher.watched()).contains(script, library);

        host.monitor().close();

        assertThat(watcher.watched()).isEmpty();
    }
}
