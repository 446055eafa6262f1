/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.process.ApplicationProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Reads which files one process has loaded: from its load report, from the paths that its responses name, and from the list
 * of the programs and libraries that it executes.
 *
 * <p>Threading: one thread at a time calls {@link #next}, which reads the disk; any thread may call the rest.
 */
final class LoadReportReader {

    private final ApplicationProcess process;
    private final FreshnessEnvironment environment;
    private final Optional<LoadReport> report;
    private final long startNanos;
    private final ConcurrentLinkedQueue<Path> named = new ConcurrentLinkedQueue<>();

    /**
     * Opens the load report of a process.
     *
     * @param directory the base of relative paths in the report
     * @param startNanos a time on the pool's clock before the process started
     */
    LoadReportReader(ApplicationProcess process, Path directory, long startNanos, FreshnessEnvironment environment) {
        this.process = process;
        this.environment = environment;
        this.report = environment.loads().open(process, directory);
        this.startNanos = startNanos;
    }

    /** Adds a path that a response of the process has named. */
    void name(Path file) {
        named.add(file);
    }

    /**
     * Returns the files that were reported since the last call, or named.
     *
     * @param withExecutables whether to add the programs and libraries that the process executes
     */
    List<LoadedFile> next(boolean withExecutables) {
        List<LoadedFile> found = new ArrayList<>();
        report.ifPresent(each -> found.addAll(each.next()));
        for (Path file = named.poll(); file != null; file = named.poll()) {
            found.add(LoadedFile.named(file));
        }
        if (withExecutables) {
            environment.loads().executables(process).forEach(file -> found.add(LoadedFile.named(file)));
        }
        return found;
    }

    /**
     * Returns a time on the pool's clock before which the process can't have read a file. A report holds the time of day,
     * which may have been set since; so the result is never before the start of the process.
     */
    long earliestReadNanos(LoadedFile file) {
        if (file.isNameOnly()) {
            return startNanos;
        }
        long now = environment.now();
        long ageNanos = Math.max(0, environment.files().wallNanos() - file.reportedNanos());
        return ageNanos < now - startNanos ? now - ageNanos : startNanos;
    }
}
