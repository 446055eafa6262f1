/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static dev.fcgid4j.freshness.FreshnessFixture.LIBRARY;
import static dev.fcgid4j.freshness.FreshnessFixture.SCRIPT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The questions of the pool. */
class ClassFreshnessTest {

    private FreshnessFixture fixture = FreshnessFixture.create();

    private ClassFreshness freshness() {
        return fixture.freshness;
    }

    @Nested
    class MayStart {

        private final List<MissingFile> missing = List.of(new MissingFile(LIBRARY, 500));

        @Test
        void whenEveryFileIsWatchedAndStable() {
            assertThat(freshness().mayStart(fixture.watched())).isTrue();
        }

        @Test
        void notWhenAGenerationBeganAfterTheFilesWereWatched() {
            FilesBeforeStart watched = fixture.watched();
            fixture.events.changed(SCRIPT, 0);

            assertThat(freshness().mayStart(watched)).isFalse();
            assertThat(freshness().mayStart(fixture.watched())).isTrue();
        }

        @Test
        void notWhenAFileIsBeingWritten() {
            fixture.events.beingWritten(SCRIPT);

            assertThat(freshness().mayStart(fixture.watched())).isFalse();
        }

        @Test
        void notWhenAFileIsMissing() {
            assertThat(freshness().mayStart(new FilesBeforeStart(0, freshness().changeCount(), missing)))
                    .isFalse();
            assertThat(freshness().startsAllowed()).as("it is waited for").isFalse();
        }

        @Test
        void notAtOnceWhenAMissingFileMayHaveReturnedMeanwhile() {
            int before = freshness().changeCount();
            fixture.events.loadedFileChanged(LIBRARY, List.of(), 0);

            assertThat(freshness().mayStart(new FilesBeforeStart(0, before, missing)))
                    .isFalse();
            assertThat(freshness().startsAllowed())
                    .as("the next start looks again")
                    .isTrue();
        }
    }

    @Nested
    class MarkOutdated {

        @Test
        void namesTheChangeThatBeganTheGeneration() {
            Worker worker = fixture.idle();
            fixture.events.changed(SCRIPT, 0);

            freshness().markOutdated(worker);

            assertThat(worker.retireReason()).contains(RetireReason.SCRIPT_CHANGED);
            assertThat(worker.retirement().file()).contains(SCRIPT);
        }

        @Test
        void namesNoFileWhenTheOperatorAsked() {
            Worker worker = fixture.idle();
            fixture.events.recycled();

            freshness().markOutdated(worker);

            assertThat(worker.retireReason()).contains(RetireReason.RECYCLED);
            assertThat(worker.retirement().file()).isEmpty();
        }

        @Test
        void namesThePartialFileOfAWorkerOfThisGeneration() {
            Worker worker = fixture.inFirstRequest();
            fixture.events.beingWritten(LIBRARY);

            freshness().markOutdated(worker);

            assertThat(worker.retirement().file()).contains(LIBRARY);
        }
    }

    @Nested
    class FailureIsDueToChange {

        @Test
        void notWithoutAChange() {
            assertThat(freshness().failureIsDueToChange(fixture.inFirstRequest()))
                    .isFalse();
            assertThat(freshness().failureIsDueToChange(fixture.busy())).isFalse();
        }

        @Test
        void ofAnOutdatedWorker() {
            Worker worker = fixture.busy();
            fixture.events.changed(SCRIPT, 0);

            assertThat(freshness().failureIsDueToChange(worker)).isTrue();
        }

        @Test
        void ofASuspectWorker() {
            Worker worker = fixture.idleWithLibrary();
            fixture.events.loadedFileChanged(LIBRARY, List.of(worker), 0);

            assertThat(freshness().failureIsDueToChange(worker)).isTrue();
        }

        @Test
        void ofAWorkerThatRetiresForAChange() {
            Worker worker = fixture.busy();
            worker.retirement().set(RetireReason.LOADED_FILE_CHANGED, LIBRARY);

            assertThat(freshness().failureIsDueToChange(worker)).isTrue();
        }

        @Test
        void ofAStartDuringTheSettleTime() {
            fixture = FreshnessFixture.withSettleTime();
            Worker young = fixture.starting();
            Worker old = fixture.busy();
            fixture.events.changed(SCRIPT, 0);

            assertThat(freshness().failureIsDueToChange(young)).isTrue();
            assertThat(freshness().failureIsDueToChange(old))
                    .as("it has read all of the old version")
                    .isFalse();
        }

        @Test
        void ofAStartBeforeADisturbance() {
            Worker young = fixture.starting();
            Worker old = fixture.busy();
            fixture.events.disturbed(100);

            assertThat(freshness().failureIsDueToChange(young)).isTrue();
            assertThat(freshness().failureIsDueToChange(old)).isFalse();
        }

        @Test
        void ofAStartBeforeALoadedFileChanged() {
            Worker young = fixture.starting();
            fixture.events.loadedFileChanged(LIBRARY, List.of(), 100);

            assertThat(freshness().failureIsDueToChange(young)).isTrue();
        }

        @Test
        void alsoAfterTheWorkerHasEnded() {
            Worker worker = fixture.idleWithLibrary();
            fixture.events.loadedFileChanged(LIBRARY, List.of(worker), 0);

            freshness().workerEnded(worker);

            assertThat(freshness().failureIsDueToChange(worker)).isTrue();
        }
    }

    @Nested
    class MayHaveReadPartialFile {

        @Test
        void notWithoutAChange() {
            Worker worker = fixture.busy();
            fixture.events.reported(worker);

            assertThat(freshness().mayHaveReadPartialFile(worker, true)).isFalse();
        }

        @Test
        void ifItHasFailedAndAFileHasChangedSinceTheLease() {
            Worker worker = fixture.busy();
            fixture.events.loadedFileChanged(LIBRARY, List.of(), 0);

            assertThat(freshness().mayHaveReadPartialFile(worker, true)).isTrue();
            assertThat(freshness().mayHaveReadPartialFile(worker, false)).isFalse();
        }

        @Test
        void ifItHasReportedAFileSinceTheLease() {
            Worker worker = fixture.busy();
            fixture.events.loadedFileChanged(LIBRARY, List.of(), 0);
            fixture.events.reported(worker);

            assertThat(freshness().mayHaveReadPartialFile(worker, false)).isTrue();
        }

        @Test
        void notIfItHasReportedAFileBeforeTheLeaseAlone() {
            Worker worker = fixture.idle();
            fixture.events.reported(worker);
            fixture.lease(worker);
            fixture.events.loadedFileChanged(LIBRARY, List.of(), 0);

            assertThat(freshness().mayHaveReadPartialFile(worker, false)).isFalse();
        }

        @Test
        void ifFilesOfAPatternBelongToItsClass() {
            fixture = FreshnessFixture.withPattern();
            Worker worker = fixture.busy();
            fixture.events.changed(SCRIPT, 0);

            assertThat(freshness().mayHaveReadPartialFile(worker, false)).isTrue();
        }

        @Test
        void ifChangesWereNotReportedForAMoment() {
            Worker worker = fixture.busy();
            fixture.events.watchedAgain();

            assertThat(freshness().mayHaveReadPartialFile(worker, true)).isTrue();
        }

        @Test
        void ifAFileIsStillBeingWritten() {
            Worker worker = fixture.idle();
            fixture.events.beingWritten(LIBRARY);
            fixture.lease(worker);

            assertThat(freshness().mayHaveReadPartialFile(worker, true)).isTrue();
        }

        @Test
        void notForAChangeBeforeTheLease() {
            Worker worker = fixture.idle();
            fixture.events.loadedFileChanged(LIBRARY, List.of(), 0);
            fixture.lease(worker);

            assertThat(freshness().mayHaveReadPartialFile(worker, true)).isFalse();
        }

        @Test
        void forAChangeSinceTheStartInTheFirstRequest() {
            Worker worker = fixture.starting();
            fixture.events.loadedFileChanged(LIBRARY, List.of(), 0);
            worker.become(WorkerState.IDLE, 0);
            fixture.lease(worker);

            assertThat(freshness().mayHaveReadPartialFile(worker, true)).isTrue();
        }
    }

    @Test
    void workerThatHasEverReportedReadsWhileItServes() {
        Worker worker = fixture.idle();
        assertThat(ClassFreshness.hasReported(worker)).isFalse();

        fixture.events.reported(worker);

        assertThat(ClassFreshness.hasReported(worker)).isTrue();
    }
}
