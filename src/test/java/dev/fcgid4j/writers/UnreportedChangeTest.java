/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnreportedChangeTest {

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private Path folder;

    private Path file;
    private UnreportedChange change;
    private long nanos;
    private long wallMillis = 1_000_000_000_000L;

    @BeforeEach
    void makeFileAtRest() throws Exception {
        file = Files.writeString(folder.resolve("file"), "one");
        Files.setLastModifiedTime(file, FileTime.fromMillis(wallMillis - 1_001));
        change = new UnreportedChange(file, QUIET_NANOS, () -> nanos, () -> wallMillis);
        change.begin();
        assertThat(change.isFound()).isFalse();
    }

    private FileChannel openWithoutChangingIt() throws Exception {
        return FileChannel.open(file, StandardOpenOption.WRITE);
    }

    @Test
    void writerOfAFileThatLooksAsBeforeIsNotFound() throws Exception {
        try (FileChannel open = openWithoutChangingIt()) {
            assertThat(change.isFound()).isFalse();
            open.write(ByteBuffer.wrap(new byte[1]));
            assertThat(change.isFound()).as("it writes").isTrue();
        }
        assertThat(change.isFound()).as("that is reported").isFalse();
    }

    @Test
    void writerOfAYoungFileIsFound() throws Exception {
        try (FileChannel open = openWithoutChangingIt()) {
            wallMillis -= 2;
            assertThat(change.isFound())
                    .as("it may have been changed within its age")
                    .isTrue();
            wallMillis += 2;
            assertThat(change.isFound()).isFalse();
            assertThat(open.isOpen()).isTrue();
        }
    }

    @Test
    void writerThatOnlyKeepsAFileOpenIsFoundForTheQuietTime() throws Exception {
        try (OutputStream open = Files.newOutputStream(file)) {
            assertThat(change.isFound()).isTrue();
            nanos = QUIET_NANOS - 1;
            assertThat(change.isFound()).isTrue();
            nanos = QUIET_NANOS;
            assertThat(change.isFound()).isFalse();
            open.write(1);
            assertThat(change.isFound()).as("it goes on").isTrue();
            change.reported();
            assertThat(change.isFound()).as("nor is one that was reported").isTrue();
            nanos = 2 * QUIET_NANOS;
            assertThat(change.isFound()).isFalse();
        }
    }

    @Test
    void removedFileIsBeingChangedForTheQuietTime() throws Exception {
        Files.delete(file);
        assertThat(change.isFound()).isTrue();
        nanos = QUIET_NANOS;
        assertThat(change.isFound()).isFalse();
        change.reported();
        assertThat(change.isFound()).as("it counts as removed").isFalse();
    }

    @Test
    void fileThatNeverExistedIsNotMissed() throws Exception {
        UnreportedChange nothing =
                new UnreportedChange(folder.resolve("nothing"), QUIET_NANOS, () -> nanos, () -> wallMillis);
        nothing.begin();
        assertThat(nothing.isFound()).isFalse();
        nothing.reported();
        assertThat(nothing.isFound()).isFalse();
    }

    @Test
    void fileThatIsEmptyWhenTheWatchBeginsMayBeTruncated() throws Exception {
        try (OutputStream open = Files.newOutputStream(file)) {
            // The kernel sets the time after the size.
            Files.setLastModifiedTime(file, FileTime.fromMillis(wallMillis - 1_001));
            UnreportedChange fresh = new UnreportedChange(file, QUIET_NANOS, () -> nanos, () -> wallMillis);
            fresh.begin();
            assertThat(fresh.isFound()).isTrue();
            open.flush();
        }
    }

    /** Opening a pipe would let its writer go on, and what it writes would be lost. */
    @Test
    void pipeIsNotOpened() throws Exception {
        Path pipe = folder.resolve("pipe");
        Path ready = folder.resolve("ready");
        Path read = folder.resolve("read");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        UnreportedChange ofPipe = new UnreportedChange(pipe, QUIET_NANOS, () -> nanos, () -> wallMillis);
        Process writer = new ProcessBuilder("sh", "-c", ": > " + ready + "; echo x > " + pipe).start();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!Files.exists(ready)) {
                assertThat(System.nanoTime() - deadline).isNegative();
                Thread.onSpinWait();
            }
            ofPipe.begin();
            for (int i = 0; i < 2_000; i++) { // the shell may not have opened the pipe yet
                assertThat(ofPipe.isFound()).isFalse();
                ofPipe.reported();
            }
            Process reader = new ProcessBuilder("cat", pipe.toString())
                    .redirectOutput(read.toFile())
                    .start();
            try {
                assertThat(reader.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(read).as("no other process has read it").hasContent("x");
            } finally {
                reader.destroyForcibly();
            }
            assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            writer.destroyForcibly();
        }
    }
}
