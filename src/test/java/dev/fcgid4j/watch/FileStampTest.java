/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
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
    void stampWithItsWayHasTheTimeOfAYoungerLink() throws Exception {
        Path link = youngerLink();

        FileStamp stamp = FileStamp.withWay(link);

        assertThat(stamp.changedNanos()).isEqualTo(FileStamp.ofLink(link).changedNanos());
        assertThat(stamp.inode()).isEqualTo(FileStamp.of(file).inode());
    }

    /** A link that is younger than its target by at least one tick of the file system's clock. */
    private Path youngerLink() throws Exception {
        Path link = temp.resolve("link");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        do {
            assertThat(System.nanoTime() - deadline).isNegative();
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, file);
        } while (FileStamp.ofLink(link).changedNanos() <= FileStamp.of(file).changedNanos());
        return link;
    }

    @Test
    void stampWithItsWayHasTheTimeOfAYoungerTarget() throws Exception {
        Path link = youngerLink();
        long linked = FileStamp.ofLink(link).changedNanos();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (FileStamp.of(file).changedNanos() <= linked) {
            assertThat(System.nanoTime() - deadline).isNegative();
            Files.writeString(file, "two");
        }

        assertThat(FileStamp.withWay(link)).isEqualTo(FileStamp.of(file));
    }
}
