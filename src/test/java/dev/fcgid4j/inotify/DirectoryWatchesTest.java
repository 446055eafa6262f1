/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.posix.Inotify;
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
    void pathThatIsTooLongIsUnwatchable() {
        Path longest = folder.resolve("x".repeat(300));

        assertThat(directories.add(longest, Inotify.CREATE)).isEqualTo(DirectoryWatches.UNWATCHABLE);
    }

    @Test
    void everyDirectoryIsUnwatchableAfterTheQueueIsClosed() {
        queue.close(() -> {});

        assertThat(directories.add(folder, Inotify.CREATE)).isEqualTo(DirectoryWatches.UNWATCHABLE);
        assertThat(directories.numberOf(folder)).isEqualTo(DirectoryWatches.NO_DIRECTORY);
    }
}
