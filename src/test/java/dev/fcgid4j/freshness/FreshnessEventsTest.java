/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static dev.fcgid4j.freshness.FreshnessFixture.LIBRARY;
import static dev.fcgid4j.freshness.FreshnessFixture.SCRIPT;
import static dev.fcgid4j.freshness.FreshnessFixture.STARTS_ALLOWED;
import static dev.fcgid4j.freshness.FreshnessFixture.STARTS_ALLOWED_BY_LIBRARY;
import static dev.fcgid4j.freshness.FreshnessFixture.changed;
import static dev.fcgid4j.freshness.FreshnessFixture.missing;
import static dev.fcgid4j.freshness.FreshnessFixture.older;
import static dev.fcgid4j.freshness.FreshnessFixture.partial;
import static dev.fcgid4j.freshness.FreshnessFixture.unverified;
import static dev.fcgid4j.freshness.FreshnessFixture.verified;
import static dev.fcgid4j.freshness.FreshnessFixture.verify;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.freshness.FreshnessDecision.CompareFiles;
import dev.fcgid4j.freshness.FreshnessDecision.GenerationBegan;
import dev.fcgid4j.freshness.FreshnessDecision.VerifyWorker;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What each event means for the workers. */
class FreshnessEventsTest {

    private static final Path OTHER = Path.of("/lib/y.pm");
    private static final GenerationBegan CHANGED =
            new GenerationBegan(RetireReason.SCRIPT_CHANGED, Optional.of(SCRIPT));
    private static final GenerationBegan RECYCLED = new GenerationBegan(RetireReason.RECYCLED, Optional.empty());

    private FreshnessFixture fixture = FreshnessFixture.create();

    private FreshnessEvents events() {
        return fixture.events;
    }

    @Test
    void changedFileBeginsAGeneration() {
        Worker worker = fixture.idle();

        assertThat(events().changed(SCRIPT, 0)).containsExactly(STARTS_ALLOWED, CHANGED);

        assertThat(fixture.freshness.generation()).isEqualTo(1);
        assertThat(fixture.freshness.isOutdated(worker)).isTrue();
        assertThat(fixture.freshness.lastChange())
                .hasValueSatisfying(c -> assertThat(c.file()).isEqualTo(SCRIPT));
    }

    @Test
    void workerThatIsStartedAfterAChangeIsNotOutdated() {
        events().changed(SCRIPT, 0);

        assertThat(fixture.freshness.isOutdated(fixture.idle())).isFalse();
    }

    @Test
    void recyclingBeginsAGeneration() {
        assertThat(events().recycled()).containsExactly(STARTS_ALLOWED, RECYCLED);
        assertThat(fixture.freshness.lastChange()).isEmpty();
    }

    @Test
    void keptWorkersWithAnOutdatedFileBeginAGeneration() {
        assertThat(events().keptUntilNextGeneration(LIBRARY))
                .containsExactly(new GenerationBegan(RetireReason.LOADED_FILE_CHANGED, Optional.of(LIBRARY)));
    }

    @Nested
    class WithASettleTime {

        @Test
        void changeBeginsAGenerationWhenNothingMoreHasChanged() {
            fixture = FreshnessFixture.withSettleTime();

            assertThat(events().changed(SCRIPT, 1000)).containsExactly(STARTS_ALLOWED);
            assertThat(fixture.freshness.startsAllowed()).isFalse();
            assertThat(fixture.freshness.nextSweepNanos()).isEqualTo(OptionalLong.of(1100));
            assertThat(events().changed(SCRIPT, 1050)).containsExactly(STARTS_ALLOWED);

            assertThat(events().sweep(1149)).isEmpty();
            assertThat(events().sweep(1150)).containsExactly(CHANGED);
            assertThat(fixture.freshness.startsAllowed()).isTrue();
            assertThat(events().sweep(2000)).isEmpty();
        }

        @Test
        void recyclingJoinsAPendingChange() {
            fixture = FreshnessFixture.withSettleTime();
            events().changed(SCRIPT, 1000);

            assertThat(events().recycled()).containsExactly(STARTS_ALLOWED);
            assertThat(events().sweep(1100)).containsExactly(CHANGED);
        }

        @Test
        void recyclingWithoutAPendingChangeCountsAtOnce() {
            fixture = FreshnessFixture.withSettleTime();

            assertThat(events().recycled()).containsExactly(STARTS_ALLOWED, RECYCLED);
        }

        @Test
        void workerWithAnOutdatedFileGoesWhenNothingMoreHasChanged() {
            fixture = FreshnessFixture.withSettleTime();
            Worker worker = fixture.idleWithLibrary();
            events().loadedFileChanged(LIBRARY, List.of(worker), 1000);

            assertThat(events().verified(worker, changed(LIBRARY), 1010))
                    .containsExactly(STARTS_ALLOWED, verified(worker));
            assertThat(events().sweep(1110)).containsExactly(older(worker, LIBRARY));
        }

        @Test
        void workerWithAnOutdatedFileGoesForTheGenerationIfOneBegins() {
            fixture = FreshnessFixture.withSettleTime();
            Worker worker = fixture.idleWithLibrary();
            events().verified(worker, changed(LIBRARY), 1000);
            events().changed(SCRIPT, 1010);

            assertThat(events().sweep(1110)).containsExactly(CHANGED);
        }

        @Test
        void generationBeginsOnceForAChange() {
            fixture = FreshnessFixture.withSettleTime();
            events().changed(SCRIPT, 1000);
            events().sweep(1100);
            Worker worker = fixture.idleWithLibrary();
            events().verified(worker, changed(LIBRARY), 2000);

            assertThat(events().sweep(2100)).containsExactly(older(worker, LIBRARY));
        }

        @Test
        void workerThatHasEndedIsNotOutdatedLater() {
            fixture = FreshnessFixture.withSettleTime();
            Worker worker = fixture.idleWithLibrary();
            events().verified(worker, changed(LIBRARY), 1000);

            fixture.freshness.workerEnded(worker);

            assertThat(events().sweep(1100)).isEmpty();
        }
    }

    @Nested
    class WhileAFileIsBeingWritten {

        @Test
        void noProcessMayStart() {
            events().beingWritten(SCRIPT);

            assertThat(fixture.freshness.startsAllowed()).isFalse();
            assertThat(fixture.freshness.startsWaitFor()).contains(SCRIPT + " is being written");

            events().changed(SCRIPT, 0);

            assertThat(fixture.freshness.startsAllowed()).isTrue();
        }

        @Test
        void workerThatHasServedARequestServesOn() {
            Worker idle = fixture.idle();
            Worker busy = fixture.busy();

            assertThat(events().beingWritten(SCRIPT)).isEmpty();

            assertThat(fixture.freshness.isOutdated(idle)).isFalse();
            assertThat(fixture.freshness.isOutdated(busy)).isFalse();
        }

        @Test
        void workerThatHasNotAnsweredYetMayHaveReadAPartialFile() {
            Worker worker = fixture.inFirstRequest();

            assertThat(events().beingWritten(SCRIPT)).containsExactly(partial(worker, SCRIPT));
            assertThat(fixture.freshness.isOutdated(worker)).isTrue();
        }

        @Test
        void workerThatHasNotFinishedItsFirstRequestMayHaveReadAPartialFile() {
            Worker worker = fixture.inFirstRequest();
            worker.prove();

            assertThat(events().beingWritten(SCRIPT)).containsExactly(partial(worker, SCRIPT));
        }

        @Test
        void workerThatIsBeingStartedMayHaveReadAPartialFile() {
            Worker worker = fixture.starting();

            assertThat(events().beingWritten(SCRIPT)).containsExactly(partial(worker, SCRIPT));
        }

        @Test
        void workerWithoutAProcessIsNotOutdated() {
            fixture.created();

            assertThat(events().beingWritten(SCRIPT)).isEmpty();
        }
    }

    @Nested
    class LoadedFiles {

        @Test
        void reportedFileMustBeVerified() {
            Worker worker = fixture.idle();

            assertThat(events().reported(worker)).containsExactly(verify(worker), unverified(worker));
            assertThat(fixture.freshness.isVerifying(worker)).isTrue();
            assertThat(events().verified(worker, VerificationResult.UNCHANGED, 0))
                    .containsExactly(verified(worker));
            assertThat(fixture.freshness.isVerifying(worker)).isFalse();
        }

        @Test
        void fileThatIsReportedDuringAVerificationIsVerifiedAfterwards() {
            Worker worker = fixture.idle();
            events().reported(worker);

            assertThat(events().reported(worker)).containsExactly(unverified(worker));
            assertThat(events().verified(worker, VerificationResult.UNCHANGED, 0))
                    .containsExactly(verify(worker));
            assertThat(events().verified(worker, VerificationResult.UNCHANGED, 0))
                    .containsExactly(verified(worker));
        }

        @Test
        void changedLoadedFileMakesItsWorkersSuspect() {
            Worker loaded = fixture.idleWithLibrary();
            Worker other = fixture.idle();

            assertThat(events().loadedFileChanged(LIBRARY, List.of(loaded), 0))
                    .containsExactly(STARTS_ALLOWED_BY_LIBRARY, verify(loaded), unverified(loaded));
            assertThat(fixture.freshness.isSuspect(loaded)).isTrue();
            assertThat(fixture.freshness.isSuspect(other)).isFalse();
            assertThat(fixture.freshness.isOutdated(loaded)).isFalse();
        }

        @Test
        void workerWhoseFileIsTheSameServesOn() {
            Worker worker = fixture.idleWithLibrary();
            events().loadedFileChanged(LIBRARY, List.of(worker), 0);

            assertThat(events().verified(worker, VerificationResult.UNCHANGED, 0))
                    .containsExactly(verified(worker));
            assertThat(fixture.freshness.isSuspect(worker)).isFalse();
        }

        @Test
        void workerWhoseFileHasChangedIsOutdated() {
            Worker worker = fixture.idleWithLibrary();
            events().loadedFileChanged(LIBRARY, List.of(worker), 0);

            assertThat(events().verified(worker, changed(LIBRARY), 0))
                    .containsExactly(STARTS_ALLOWED, older(worker, LIBRARY), verified(worker));
            assertThat(fixture.freshness.generation()).as("others go on").isZero();
        }

        @Test
        void workerIsSuspectUntilAVerificationThatBeganAfterTheChange() {
            Worker worker = fixture.idle();
            events().reported(worker);
            events().loadedFileChanged(LIBRARY, List.of(worker), 0);

            events().verified(worker, VerificationResult.UNCHANGED, 0);
            assertThat(fixture.freshness.isSuspect(worker)).isTrue();

            events().verified(worker, VerificationResult.UNCHANGED, 0);
            assertThat(fixture.freshness.isSuspect(worker)).isFalse();
        }

        @Test
        void retiringWorkerIsNotVerified() {
            Worker worker = fixture.retiring();

            assertThat(events().reported(worker)).isEmpty();
            assertThat(events().loadedFileChanged(LIBRARY, List.of(worker), 0))
                    .containsExactly(STARTS_ALLOWED_BY_LIBRARY);
        }

        @Test
        void verificationOfAWorkerThatHasEndedMeansNothing() {
            Worker worker = fixture.idle();
            events().reported(worker);
            fixture.freshness.workerEnded(worker);

            assertThat(events().verified(worker, changed(LIBRARY), 0)).isEmpty();
        }

        @Test
        void withATriggerAloneReportsMeanNothing() {
            fixture = FreshnessFixture.withTriggerAlone();
            Worker worker = fixture.idle();

            assertThat(events().reported(worker)).isEmpty();
            assertThat(events().requestEnded(worker, 0)).isEmpty();
        }
    }

    @Nested
    class MissingLoadedFiles {

        @Test
        void workersServeOnAndNoProcessStarts() {
            Worker worker = fixture.idleWithLibrary();
            events().loadedFileChanged(LIBRARY, List.of(worker), 0);

            assertThat(events().verified(worker, missing(500), 0)).containsExactly(verified(worker));
            assertThat(fixture.freshness.startsAllowed()).isFalse();
            assertThat(fixture.freshness.isOutdated(worker)).isFalse();
        }

        @Test
        void workerThatHasNotAnsweredYetIsOutdated() {
            Worker old = fixture.idleWithLibrary();
            Worker young = fixture.inFirstRequest();
            events().loadedFileChanged(LIBRARY, List.of(old), 0);

            assertThat(events().verified(old, missing(500), 0)).containsExactly(partial(young, LIBRARY), verified(old));
        }

        @Test
        void startsAreAllowedWhenTheFileIsBack() {
            Worker worker = fixture.idleWithLibrary();
            events().verified(worker, missing(500), 0);

            events().loadedFileChanged(LIBRARY, List.of(worker), 100);

            assertThat(fixture.freshness.startsAllowed()).isTrue();
        }

        @Test
        void workersAreVerifiedAgainWhenTheFileCountsAsRemoved() {
            Worker worker = fixture.idleWithLibrary();
            events().verified(worker, missing(500), 0);

            assertThat(fixture.freshness.nextSweepNanos()).isEqualTo(OptionalLong.of(500));
            assertThat(events().sweep(499)).isEmpty();
            assertThat(events().sweep(500))
                    .containsExactly(STARTS_ALLOWED_BY_LIBRARY, verify(worker), unverified(worker));
            assertThat(fixture.freshness.startsAllowed()).isTrue();
        }

        @Test
        void retiringWorkerTellsOfNoMissingFile() {
            Worker worker = fixture.retiring();

            events().verified(worker, missing(500), 0);

            assertThat(fixture.freshness.filesAreWhole()).isTrue();
        }
    }

    @Nested
    class Executables {

        private boolean isVerified(Worker worker, long nowNanos) {
            List<FreshnessDecision> decisions = events().requestEnded(worker, nowNanos);
            assertThat(decisions).isSubsetOf(List.of(new VerifyWorker(worker, true), unverified(worker)));
            return !decisions.isEmpty();
        }

        private void serve(Worker worker) {
            if (fixture.freshness.isVerifying(worker)) {
                events().verified(worker, VerificationResult.UNCHANGED, 0);
            }
            worker.countRequest();
        }

        @Test
        void areReadAfterTheFirstSecondFourthRequestAndSoOn() {
            Worker worker = fixture.busy();

            for (int requests = 1; requests <= 16; requests++) {
                assertThat(isVerified(worker, 0))
                        .as("%s requests", requests)
                        .isEqualTo(List.of(1, 2, 4, 8, 16).contains(requests));
                serve(worker);
            }
        }

        @Test
        void areReadAtMostOnceASecondAfterOtherRequests() {
            Worker worker = fixture.busy();
            serve(worker);
            serve(worker);
            long second = TimeUnit.SECONDS.toNanos(1);

            assertThat(isVerified(worker, second)).isFalse();
            assertThat(isVerified(worker, second + 1)).isTrue();
            serve(worker);
            serve(worker);
            assertThat(isVerified(worker, 2 * second + 1)).isFalse();
        }

        @Test
        void areNotReadWhileAVerificationRuns() {
            Worker worker = fixture.busy();
            events().reported(worker);

            assertThat(isVerified(worker, 0)).isFalse();
        }

        @Test
        void areNotReadOfAWorkerThatHasNotAnswered() {
            Worker worker = fixture.inFirstRequest();
            worker.countRequest();

            assertThat(isVerified(worker, 0)).isFalse();
        }
    }

    @Nested
    class Comparisons {

        @Test
        void filesAreComparedBeforeAnyWorkerServes() {
            Worker old = fixture.idle();
            Worker young = fixture.inFirstRequest();
            young.prove();

            assertThat(events().proven(young)).containsExactly(new CompareFiles(young));
            assertThat(fixture.freshness.isComparing()).isTrue();
            assertThat(events().compared(young)).isEmpty();
            assertThat(fixture.freshness.isComparing()).isFalse();
            assertThat(fixture.freshness.isOutdated(old)).isFalse();
        }

        @Test
        void comparisonEndsForEachWorkerThatWaitsForOne() {
            Worker first = fixture.inFirstRequest();
            Worker second = fixture.inFirstRequest();
            events().proven(first);
            events().proven(second);

            events().compared(first);

            assertThat(fixture.freshness.isComparing()).isTrue();
        }

        @Test
        void onlyWorkerOfItsClassIsComparedWithNothing() {
            Worker worker = fixture.inFirstRequest();

            assertThat(events().proven(worker)).isEmpty();
            assertThat(fixture.freshness.isComparing()).isFalse();
        }

        @Test
        void comparisonIsAskedForOnce() {
            fixture.idle();
            Worker worker = fixture.inFirstRequest();
            events().proven(worker);

            assertThat(events().proven(worker)).isEmpty();
        }
    }

    @Test
    void changesOfDifferentFilesAreKeptApart() {
        events().beingWritten(LIBRARY);
        events().beingWritten(OTHER);

        events().loadedFileChanged(LIBRARY, List.of(), 0);

        assertThat(fixture.freshness.startsWaitFor()).contains(OTHER + " is being written");
    }
}
