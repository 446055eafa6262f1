/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Read leases of a real file system. */
class WritersTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.writeString(folder.resolve("file"), "content");
        assumeTrue(Writers.of(file.toString()) == Writers.Known.NONE, "the file system gives leases");
    }

    @Test
    void openWriterIsFound() throws IOException {
        try (OutputStream writer = Files.newOutputStream(file)) {
            assertThat(Writers.of(file.toString())).isEqualTo(Writers.Known.SOME);
            writer.write(1);
        }

        assertThat(Writers.of(file.toString())).isEqualTo(Writers.Known.NONE);
    }

    @Test
    void readerIsNoWriter() throws IOException {
        try (InputStream reader = Files.newInputStream(file)) {
            assertThat(Writers.of(file.toString())).isEqualTo(Writers.Known.NONE);
            assertThat(reader.read()).isEqualTo('c');
        }
    }

    @Test
    void nothingIsKnownOfAMissingFile() {
        assertThat(Writers.of(folder.resolve("missing").toString())).isEqualTo(Writers.Known.UNKNOWN);
    }

    @Test
    void actionRunsOnlyWhileNoWriterIsThere() throws IOException {
        AtomicInteger runs = new AtomicInteger();

        Writers.of(file.toString(), runs::incrementAndGet);
        try (OutputStream writer = Files.newOutputStream(file)) {
            Writers.of(file.toString(), runs::incrementAndGet);
            writer.write(1);
        }

        assertThat(runs).hasValue(1);
    }

    @Test
    void leaseIsGivenBack() throws IOException {
        Writers.of(file.toString());

        try (OutputStream writer = Files.newOutputStream(file)) {
            writer.write(1);
        }

        assertThat(file).hasBinaryContent(new byte[] {1});
    }
}
