/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FileReports;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {

    @TempDir
    private Path temp;

    private Path path;
    private boolean endless;
    private final FileReports reports = new FileReports();
    private final Set<WatchedFile> opened = new HashSet<>();
    private WatchedFile file;

    @BeforeEach
    void begin() throws Exception {
        path = Files.writeString(temp.resolve("file"), "one");
        Files.setLastModifiedTime(path, FileTime.fromMillis(0));
        file = file(reports);
        file.begin();
    }

    private WatchedFile file(FileReports listener) {
        UnreportedChange change = new UnreportedChange(path, 10, () -> 1, System::currentTimeMillis);
        return new WatchedFile(path, listener, each -> endless, change);
    }

    @Test
    void reportsArePassedOn() {
        file.reports().changed(path);
        file.reports().beingWritten(path);
        file.reports().pathChanged(path);

        assertThat(reports.take()).containsExactly("changed file", "being written file", "path changed file");
    }

    @Test
    void fileThatIsRemovedIsBeingChanged() throws Exception {
        assertThat(file.isBeingChanged()).isFalse();

        Files.delete(path);

        assertThat(file.isBeingChanged()).isTrue();
    }

    @Test
    void writerThatNothingWaitsForIsNotFound() throws Exception {
        try (OutputStream out = Files.newOutputStream(path)) {
            assertThat(file.isBeingChanged()).isTrue();

            endless = true;

            assertThat(file.isBeingChanged()).isFalse();
            out.write(1);
        }
    }

    @Test
    void untrackedFileIsInNoSet() {
        file.reports().pathChanged(path);

        assertThat(opened).isEmpty();
    }

    @Test
    void trackedFileIsInTheSetWhileItMayBeOpen() {
        file.trackedIn(opened);
        file.mayBeOpen(true);
        assertThat(opened).containsExactly(file);

        file.reports().changed(path);
        file.mayBeOpen(false);

        assertThat(opened).isEmpty();
    }

    @Test
    void fileWhosePathHasChangedStaysInTheSet() {
        file.trackedIn(opened);

        file.reports().pathChanged(path);
        file.mayBeOpen(false);

        assertThat(opened).containsExactly(file);
    }

    @Test
    void reportsAreEqualIfTheListenersAre() {
        WatchedFile same = file(reports);

        assertThat(file.reports()).isEqualTo(same.reports()).hasSameHashCodeAs(same.reports());
        assertThat(file.reports()).isNotEqualTo(file(new FileReports()).reports());
        assertThat(file).as("but each file is tracked by itself").isNotEqualTo(same);
    }
}
