/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;

/** Makes named pipes, which block each thread that opens them in the ordinary way. */
public final class NamedPipe {

    private NamedPipe() {}

    /** Makes a pipe that no process writes to. */
    public static Path make(Path path) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
        return path;
    }
}
