/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The files that a new process must not read, and for how long. A settle time of 100. */
class FilesInFluxTest {

    private static final Path FILE = Path.of("/site/lib.pm");
    private static final Path OTHER = Path.of("/site/other.pm");
    private static final Worker WORKER = new Worker(
            new ProcessClass(
                    "/a", new ProcessCommand(List.of("/a"), Map.of(), Path.of("/")), ChangePolicy.strict(List.of())),
            0,
            0);

    private final FilesInFlux files = new FilesInFlux(100);

    @Test
    void filesAreNotWholeUntilTheirWriterHasClosedThem() {
        files.beingWritten(FILE);

        assertThat(files.areWhole()).isFalse();
        assertThat(files.describe()).contains(FILE + " is being written");

        files.completed(FILE);

        assertThat(files.areWhole()).isTrue();
        assertThat(files.describe()).isEmpty();
    }

    @Test
    void filesAreNotWholeUntilAMissingFileReturns() {
        files.missing(new MissingFile(FILE, 500), Set.of());

        assertThat(files.areWhole()).isFalse();
        assertThat(files.partialFile()).contains(FILE);
        assertThat(files.describe()).contains(FILE + " was there and is away");

        files.completed(FILE);

        assertThat(files.areWhole()).isTrue();
    }

    @Test
    void fileThatIsBeingWrittenIsNotMissing() {
        files.beingWritten(FILE);
        files.missing(new MissingFile(FILE, 500), Set.of());

        assertThat(files.takeRemoved(500)).isEmpty();
    }

    @Test
    void missingFileThatIsWrittenAgainIsWaitedForUntilItsWriterHasClosedIt() {
        files.missing(new MissingFile(FILE, 500), Set.of());
        files.beingWritten(FILE);

        assertThat(files.takeRemoved(500)).isEmpty();
        assertThat(files.areWhole()).isFalse();
    }

    @Test
    void missingFileCountsAsRemovedWhenItsTimeIsOver() {
        files.missing(new MissingFile(FILE, 500), Set.of(WORKER));
        files.missing(new MissingFile(OTHER, 600), Set.of());

        assertThat(files.nextNanos()).isEqualTo(OptionalLong.of(500));
        assertThat(files.takeRemoved(499)).isEmpty();
        assertThat(files.takeRemoved(500)).isEqualTo(Map.of(FILE, Set.of(WORKER)));
        assertThat(files.nextNanos()).isEqualTo(OptionalLong.of(600));
        assertThat(files.areWhole()).isFalse();
    }

    @Test
    void removedFileConcernsNoWorkerThatHasEnded() {
        files.missing(new MissingFile(FILE, 500), Set.of(WORKER));

        files.workerEnded(WORKER);

        assertThat(files.takeRemoved(500)).isEqualTo(Map.of(FILE, Set.of()));
    }

    @Test
    void filesAreStableWhenTheSettleTimeHasEnded() {
        files.beginSettleTime(1000);

        assertThat(files.areStable()).isFalse();
        assertThat(files.areWhole()).isTrue();
        assertThat(files.nextNanos()).isEqualTo(OptionalLong.of(1100));
        assertThat(files.endSettleTime(1099)).isFalse();
        assertThat(files.endSettleTime(1100)).isTrue();
        assertThat(files.areStable()).isTrue();
        assertThat(files.endSettleTime(1100)).as("it ends once").isFalse();
    }

    @Test
    void disturbanceLengthensTheSettleTimeButBeginsNone() {
        files.disturbed(900);
        assertThat(files.settleTimeRuns()).isFalse();

        files.beginSettleTime(1000);
        files.disturbed(1050);

        assertThat(files.endSettleTime(1100)).isFalse();
        assertThat(files.endSettleTime(1150)).isTrue();
    }

    @Test
    void startBeforeADisturbanceMayHaveFailedForIt() {
        assertThat(files.disturbedSince(0)).as("nothing has happened").isFalse();

        files.disturbed(1000);

        assertThat(files.disturbedSince(999)).isTrue();
        assertThat(files.disturbedSince(1000)).isTrue();
        assertThat(files.disturbedSince(1001)).isFalse();
    }

    @Test
    void everyReportAndEveryGapCounts() {
        files.beingWritten(FILE);
        files.completed(FILE);
        files.mayHaveChanged();
        assertThat(files.changeCount()).isEqualTo(3);

        files.disturbed(0);
        files.missing(new MissingFile(FILE, 500), Set.of());
        assertThat(files.changeCount())
                .as("findings on the disk are no reports")
                .isEqualTo(3);
    }
}
