/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceShortageTest {

    @ParameterizedTest
    @ValueSource(ints = {5, 12, 23, 24, 28, 122})
    void failureForLackOfMeansIsRecognisedHoweverItIsReported(int errno) {
        String words = LibC.describe(errno);

        assertThat(ResourceShortage.isCause(LibC.failure("open(x)", errno))).isTrue();
        assertThat(ResourceShortage.isCause(new FileSystemException("/x", null, words)))
                .isTrue();
        assertThat(ResourceShortage.isCause(
                        new IOException("newSocket(..) failed with error(-" + errno + "): " + words)))
                .isTrue();
        assertThat(ResourceShortage.isCause(
                        new IllegalStateException(new UncheckedIOException(new IOException(words)))))
                .isTrue();
    }

    @Test
    void memoryThatRunsOutIsALackOfMeans() {
        assertThat(ResourceShortage.isCause(new OutOfMemoryError("Java heap space")))
                .isTrue();
    }

    @Test
    void factsAboutFilesAreNone() {
        assertThat(ResourceShortage.isCause(new NoSuchFileException("/x"))).isFalse();
        assertThat(ResourceShortage.isCause(new AccessDeniedException("/x"))).isFalse();
        assertThat(ResourceShortage.isCause(new FileSystemException("/x", null, "not a regular file")))
                .isFalse();
        assertThat(ResourceShortage.isCause(LibC.failure("open(x)", 20))).isFalse();
        assertThat(ResourceShortage.isCause(new IllegalStateException())).isFalse();
        assertThat(ResourceShortage.isCause(null)).isFalse();
    }

    @Test
    void descriptorsHaveALimit() {
        assertThat(Descriptors.limit()).isGreaterThan(100);
        assertThat(Descriptors.left()).isBetween(1L, Descriptors.limit());
    }
}
