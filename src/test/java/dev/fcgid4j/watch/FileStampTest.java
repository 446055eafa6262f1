/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStampTest {

    @TempDir
    private Path temp;

    private Path file;

    @BeforeEach
    void makeFile() throws Exception {
        file = Files.writeString(temp.resolve("file"), "one");
    }

    @Test
    void unchangedFileHasAnEqualStamp() throws Exception {
        FileStamp before = FileStamp.of(file);

        Files.readString(file);

        assertThat(FileStamp.of(file)).isEqualTo(before);
        assertThat(before.size()).isEqualTo(3);
        assertThat(before.directory()).isFalse();
    }

    @Test
    void missingFileHasTheMissingStamp() {
        assertThat(FileStamp.of(temp.resolve("missing"))).isEqualTo(FileStamp.MISSING);
    }

    @Test
    void newTimeIsAnotherStamp() throws Exception {
        FileStamp before = FileStamp.of(file);

        Files.setLastModifiedTime(file, FileTime.fromMillis(1));

        assertThat(FileStamp.of(file)).isNotEqualTo(before);
        assertThat(FileStamp.of(file).modifiedNanos()).isEqualTo(1_000_000);
    }

    @Test
    void linkHasItsOwnStampAndThatOfItsTarget() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), file);

        assertThat(FileStamp.of(link)).isEqualTo(FileStamp.of(file));
        assertThat(FileStamp.ofLink(link)).isNotEqualTo(FileStamp.of(file));
    }

    @Test
    void placeOfADirectoryIsItsIdentity() throws Exception {
        FileStamp before = FileStamp.of(temp).ofPlace();

        Files.createFile(temp.resolve("new"));
        Files.setLastModifiedTime(temp, FileTime.fromMillis(1));

        assertThat(FileStamp.of(temp).ofPlace()).isEqualTo(before);
        assertThat(FileStamp.of(file).ofPlace()).isEqualTo(FileStamp.of(file));
    }

    @Test
    void stampWithItsWayHasTheTimeOfTheYoungestLink() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), file);

        FileStamp stamp = FileStamp.withWay(link);

        assertThat(stamp.changedNanos())
                .isEqualTo(Math.max(
                        FileStamp.ofLink(link).changedNanos(),
                        FileStamp.of(file).changedNanos()));
        assertThat(stamp.inode()).isEqualTo(FileStamp.of(file).inode());
        assertThat(FileStamp.withWay(file)).isEqualTo(FileStamp.of(file));
    }
}
