/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    @TempDir
    private Path parent;

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void othersMayPassThroughButNotReadSocketsAndReports() throws IOException {
        try (RunDirectory run = RunDirectory.create(parent)) {
            assertThat(mode(run.path())).isEqualTo("rwx--x--x");
            assertThat(mode(run.nextSocket().getParent())).isEqualTo("rwx------");
            assertThat(mode(run.reports())).isEqualTo("rwx------");
            assertThat(mode(run.newReadable("perl"))).isEqualTo("rwxr-xr-x");
        }
    }

    @Test
    void everySocketHasAPathOfItsOwn() {
        try (RunDirectory run = RunDirectory.create(parent)) {
            assertThat(run.nextSocket()).isNotEqualTo(run.nextSocket());
        }
    }

    @Test
    void reportIsNamedAfterItsSocketAndRemovedWithIt() throws IOException {
        try (RunDirectory run = RunDirectory.create(parent)) {
            Path socket = Files.createFile(run.nextSocket());
            Path report = run.newReport(socket);
            Path note = Files.createFile(report.resolveSibling(report.getFileName() + ".note"));
            Path other = run.newReport(run.nextSocket());

            RunDirectory.remove(socket, Optional.of(report));

            assertThat(socket).doesNotExist();
            assertThat(report).doesNotExist();
            assertThat(note).doesNotExist();
            assertThat(other).exists();
        }
    }

    @Test
    void closingRemovesEverything() throws IOException {
        RunDirectory run = RunDirectory.create(parent);
        run.newReport(run.nextSocket());

        run.close();

        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void lockedDirectoryIsNotAbandoned() {
        try (RunDirectory run = RunDirectory.create(parent)) {
            assertThat(RunDirectory.abandoned(parent)).isEmpty();
            assertThat(run.path()).isDirectory();
        }
    }

    @Test
    void unlockedDirectoryIsAbandoned() throws IOException {
        Path left = Files.createDirectory(parent.resolve("fcgid4j-1-2"));
        Files.createFile(left.resolve("lock"));
        Files.createDirectory(parent.resolve("something-else"));

        assertThat(RunDirectory.abandoned(parent)).containsExactly(left);
    }

    @Test
    void directoryWithoutLockFileIsLeftAlone() throws IOException {
        Files.createDirectory(parent.resolve("fcgid4j-1-2"));

        assertThat(RunDirectory.abandoned(parent)).isEmpty();
    }

    @Test
    void pathThatLeavesNoRoomForASocketIsRefusedBeforeAnythingIsMade() throws IOException {
        Path deep = Files.createDirectories(parent.resolve("d".repeat(80)));

        assertThatThrownBy(() -> RunDirectory.create(deep))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Set FcgidIPCDir to a shorter directory");
        assertThat(deep).isEmptyDirectory();
    }

    @Test
    void missingParentIsAMistakeInTheConfiguration() {
        assertThatThrownBy(() -> RunDirectory.create(parent.resolve("none")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("FcgidIPCDir");
    }
}
