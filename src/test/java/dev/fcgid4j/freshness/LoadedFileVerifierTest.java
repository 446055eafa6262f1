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
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a verification finds of one worker's files, on files in memory. */
class LoadedFileVerifierTest {

    private static final Path SCRIPT = Path.of("/site/app.fcgi");
    private static final Path LIBRARY = Path.of("/lib/x.pm");
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final VerificationResult CHANGED = new VerificationResult(Optional.of(LIBRARY), List.of());

    private final FakeClock clock = FakeClock.ticking(TimeUnit.SECONDS.toNanos(1000));
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final ProcessClass processClass = new ProcessClass(
            "/app",
            new ProcessCommand(List.of(SCRIPT.toString()), Map.of(), Path.of("/site")),
            ChangePolicy.strict(List.of(SCRIPT)));
    private final FakeFile library = files.add(LIBRARY);
    private final FakeProcess process = FakeProcess.reporting();
    private final Worker worker = new Worker(processClass, 0, clock.nowNanos());
    private final LoadedFileTracker tracker = tracker();

    private LoadedFileTracker tracker() {
        files.add(SCRIPT);
        return new LoadedFileTracker(
                processClass,
                new FreshnessEnvironment(watcher, watcher, files, FakeProcess::loads, Runnable::run, clock),
                QUIET_NANOS,
                new FileSystemClocks(),
                new NoReports());
    }

    private void started() {
        tracker.begin(worker, process, clock.nowNanos());
    }

    private void load() {
        FileStamp stamp = library.stamp();
        process.report(new LoadedFile(
                LIBRARY,
                clock.nowNanos(),
                stamp.modifiedNanos(),
                stamp.changedNanos(),
                stamp.size(),
                stamp.inode(),
                ""));
    }

    private VerificationResult verify() {
        return tracker.verify(worker, false);
    }

    private void loadedAndVerified() {
        started();
        load();
        assertThat(verify()).isEqualTo(VerificationResult.UNCHANGED);
    }

    @Test
    void fileThatChangedBetweenItsLoadAndItsReportIsOutdated() {
        started();
        load();
        library.change();

        assertThat(verify()).isEqualTo(CHANGED);
    }

    @Test
    void fileThatChangedAfterItsReportIsOutdated() {
        loadedAndVerified();
        library.change();

        assertThat(verify()).isEqualTo(CHANGED);
        assertThat(verify()).as("it is said once").isEqualTo(VerificationResult.UNCHANGED);
    }

    @Test
    void missingFileIsLookedAtAgainAndAgainUntilItCountsAsRemoved() {
        loadedAndVerified();
        library.remove();

        assertThat(verify().missing()).extracting(MissingFile::file).containsExactly(LIBRARY);
        assertThat(verify().missing()).extracting(MissingFile::file).containsExactly(LIBRARY);

        clock.advance(QUIET_NANOS);
        assertThat(verify()).isEqualTo(CHANGED);
    }

    @Test
    void fileThatChangedBeforeItWasRemovedIsOutdated() {
        loadedAndVerified();
        library.change();
        library.remove();

        assertThat(verify()).isEqualTo(CHANGED);
    }

    @Test
    void changeDuringAVerificationIsNotForgotten() {
        started();
        load();
        AtomicInteger stamps = new AtomicInteger();
        files.afterStamp(file -> {
            if (file == library && stamps.incrementAndGet() == 2) { // the first one is taken when it is watched
                file.change();
            }
        });
        verify();
        library.remove();

        assertThat(verify()).isEqualTo(CHANGED);
    }

    @Test
    void scriptOfTheClassIsNotTracked() {
        started();
        process.report(LoadedFile.named(SCRIPT));

        assertThat(verify()).isEqualTo(VerificationResult.UNCHANGED);
        assertThat(tracker.size()).isZero();
    }

    @Test
    void fileThatAResponseNamesIsTracked() {
        started();

        tracker.name(worker, LIBRARY);
        verify();

        assertThat(tracker.some(10)).containsExactly(LIBRARY.toString());
    }

    @Test
    void nameOfAFileThatIsKnownTellsNothingNew() {
        loadedAndVerified();
        process.report(LoadedFile.named(LIBRARY));

        assertThat(verify()).isEqualTo(VerificationResult.UNCHANGED);
    }

    @Test
    void workerThatHasEndedIsNotVerified() {
        loadedAndVerified();
        library.change();

        tracker.end(worker);

        assertThat(verify()).isEqualTo(VerificationResult.UNCHANGED);
        assertThat(tracker.size()).as("the file stays watched").isOne();
    }

    /** Only verifications count here. */
    private static final class NoReports implements LoadedFileTracker.Listener {

        @Override
        public void changed(Path file, Collection<Worker> loadedBy) {
            // the test verifies
        }

        @Override
        public void beingWritten(Path file) {
            // the test verifies
        }

        @Override
        public void watchedAgain() {
            // the test verifies
        }
    }
}
