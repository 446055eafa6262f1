/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What arming relies on to tell one directory from another. */
class InotifyTest {

    private static final int ENOTDIR = 20;

    @TempDir
    private Path temp;

    @Test
    void numberOfAWatchStandsForADirectoryAndALinkToItIsNone() throws Exception {
        Path folder = Files.createDirectory(temp.resolve("a"));
        Path other = Files.createDirectory(temp.resolve("b"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), folder);
        try (Inotify inotify = Inotify.open()) {
            int watch = inotify.addDirectory(folder.toString(), Inotify.CREATE);

            assertThat(inotify.addDirectory(folder.toString(), Inotify.DELETE)).isEqualTo(watch);
            assertThat(inotify.addDirectory(other.toString(), Inotify.CREATE)).isNotEqualTo(watch);
            assertThatThrownBy(() -> inotify.addDirectory(link.toString(), Inotify.CREATE))
                    .isInstanceOfSatisfying(
                            PosixException.class, e -> assertThat(e.errno()).isEqualTo(ENOTDIR));

            Files.move(folder, temp.resolve("moved"));
            Files.move(other, folder);
            assertThat(inotify.addDirectory(folder.toString(), Inotify.CREATE))
                    .as("another directory of the same name")
                    .isNotEqualTo(watch);
        }
    }
}
