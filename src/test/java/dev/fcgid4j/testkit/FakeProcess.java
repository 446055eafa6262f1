/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.freshness.LoadReport;
import dev.fcgid4j.freshness.LoadedFile;
import dev.fcgid4j.process.ApplicationProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A process that isn't there, and says that it has loaded these files. */
public record FakeProcess(List<LoadedFile> loaded) implements ApplicationProcess {

    @Override
    public long pid() {
        return 1;
    }

    @Override
    public Path socketPath() {
        return Path.of("none");
    }

    /** The load report of a process that is one of these, as {@code LoadReports} opens it. */
    public static Optional<LoadReport> loads(ApplicationProcess process, Path directory) {
        return Optional.of(() -> ((FakeProcess) process).loaded());
    }

    @Override
    public void terminate() {
        // it never ends
    }

    @Override
    public void kill() {
        // it never ends
    }

    @Override
    public OptionalLong residentBytes() {
        return OptionalLong.empty();
    }
}
