/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.testkit.NamedPipe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A thread that opens a named pipe in the ordinary way is never seen again. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RegularFileTest {

    @TempDir
    private Path folder;

    private static String read(Path path) throws IOException {
        try (InputStream in = RegularFile.newInputStream(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void fileIsReadWithItsAttributes() throws Exception {
        Path file = Files.writeString(folder.resolve("ä.txt"), "content");

        assertThat(read(file)).isEqualTo("content");
        RegularFile.Opened opened = RegularFile.openWithAttributes(file);
        try (FileChannel channel = opened.channel()) {
            assertThat(channel.size()).isEqualTo(7);
            assertThat(opened.attributes().size()).isEqualTo(7);
            assertThat(opened.attributes().lastModifiedTime()).isEqualTo(Files.getLastModifiedTime(file));
        }
    }

    @Test
    void linkToAFileIsFollowed() throws Exception {
        Files.writeString(folder.resolve("a"), "content");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a"));

        assertThat(read(link)).isEqualTo("content");
    }

    @Test
    void fileIsWritten() throws Exception {
        Path file = Files.writeString(folder.resolve("a"), "content");

        try (FileChannel channel = RegularFile.openForWriting(file)) {
            channel.write(ByteBuffer.wrap("C".getBytes(StandardCharsets.UTF_8)));
        }

        assertThat(read(file)).isEqualTo("Content");
    }

    @Test
    void namedPipeIsRefusedAtOnce() throws Exception {
        Path pipe = NamedPipe.make(folder.resolve("pipe"));

        assertThatThrownBy(() -> RegularFile.open(pipe))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("regular");
        assertThatThrownBy(() -> RegularFile.openForWriting(pipe)).isInstanceOf(IOException.class);
    }

    @Test
    void directoryAndDeviceAreRefused() {
        assertThatThrownBy(() -> RegularFile.open(folder)).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> RegularFile.open(Path.of("/dev/zero"))).hasMessageContaining("not a regular file");
    }

    @Test
    void missingFileIsReportedAsMissing() {
        assertThatThrownBy(() -> RegularFile.open(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }
}
