/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.testkit.LogCapture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryWatchesTest {

    @TempDir
    private Path temp;

    private Path folder;
    private InotifyQueue queue;
    private DirectoryWatches directories;

    @BeforeEach
    void open() throws Exception {
        folder = Files.createDirectory(temp.toRealPath().resolve("folder"));
        queue = InotifyQueue.open(new ReentrantLock());
        directories = new DirectoryWatches(queue, Duration.ofSeconds(1));
    }

    @AfterEach
    void close() {
        queue.close(() -> {});
    }

    @Test
    void directoryKeepsItsNumber() {
        int watch = directories.add(folder, Inotify.CREATE);

        assertThat(watch).isPositive();
        assertThat(directories.numberOf(folder)).isEqualTo(watch);
    }

    @Test
    void directoryInItsPlaceHasAnotherNumber() throws Exception {
        int watch = directories.add(folder, Inotify.CREATE);

        Files.move(folder, temp.resolve("old"));
        Files.createDirectory(folder);

        assertThat(directories.numberOf(folder)).isPositive().isNotEqualTo(watch);
    }

    @Test
    void fileAndLinkAndNothingAreNoDirectories() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), folder);

        assertThat(directories.add(file, Inotify.CREATE)).isEqualTo(DirectoryWatches.NO_DIRECTORY);
        assertThat(directories.add(link, Inotify.CREATE)).isEqualTo(DirectoryWatches.NO_DIRECTORY);
        assertThat(directories.add(temp.resolve("nothing"), Inotify.CREATE)).isEqualTo(DirectoryWatches.NO_DIRECTORY);
        assertThat(directories.numberOf(link)).isEqualTo(DirectoryWatches.NO_DIRECTORY);
    }

    @Test
    void refusalOfTheKernelIsLoggedOnce() {
        Path tooLong = folder.resolve("x".repeat(300));
        try (LogCapture log = LogCapture.of(DirectoryWatches.class.getName())) {
            assertThat(directories.add(tooLong, Inotify.CREATE)).isEqualTo(DirectoryWatches.UNWATCHABLE);
            assertThat(directories.add(tooLong, Inotify.CREATE)).isEqualTo(DirectoryWatches.UNWATCHABLE);

            assertThat(log.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("what can't be watched is compared every PT1S");
        }
    }

    @Test
    void everyDirectoryIsUnwatchableAfterTheQueueIsClosed() {
        queue.close(() -> {});

        assertThat(directories.add(folder, Inotify.CREATE)).isEqualTo(DirectoryWatches.UNWATCHABLE);
        assertThat(directories.numberOf(folder)).isEqualTo(DirectoryWatches.NO_DIRECTORY);
    }
}
