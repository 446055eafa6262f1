/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How processes are looked after.
 *
 * @param runParent existing directory in which the private run directory is made; its path must be short, because a
 *     Unix socket's path has at most 107 bytes (FcgidIPCDir)
 * @param maxLine longest line of an application's output in bytes; the rest of a longer one is dropped
 * @param maxLinesPerSecond lines of one process that are logged each second; the others are counted
 * @param reportLoads whether interpreters are made to note which files they load, and native files are looked for; what a program
 *     names by itself counts in any case (FcgidWatchLoadedFiles, On)
 * @param batchScheduling whether processes run under SCHED_BATCH, so that they don't interrupt the server at the moment in
 *     which it hands them a request (FcgidBatchScheduling, On)
 */
public record ProcessSettings(
        Path runParent, int maxLine, int maxLinesPerSecond, boolean reportLoads, boolean batchScheduling) {

    /** With batch scheduling. */
    public ProcessSettings(Path runParent, int maxLine, int maxLinesPerSecond, boolean reportLoads) {
        this(runParent, maxLine, maxLinesPerSecond, reportLoads, true);
    }

    public ProcessSettings {
        requireNonNull(runParent, "runParent");
        if (maxLine < 80 || maxLinesPerSecond < 1) {
            throw new IllegalArgumentException("maxLine must be at least 80 and maxLinesPerSecond at least 1");
        }
    }

    /** The system's directory for such things, lines of 8 KiB, 1000 of them a second. */
    public static ProcessSettings defaults() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        Path parent = runtime != null && Files.isWritable(Path.of(runtime))
                ? Path.of(runtime)
                : Path.of(System.getProperty("java.io.tmpdir"));
        return new ProcessSettings(parent.toAbsolutePath(), 8192, 1000, true);
    }

    /** The same with another {@link #runParent()}. */
    public ProcessSettings withRunParent(Path value) {
        return new ProcessSettings(value, maxLine, maxLinesPerSecond, reportLoads, batchScheduling);
    }

    /** The same with another {@link #reportLoads()}. */
    public ProcessSettings withReportLoads(boolean value) {
        return new ProcessSettings(runParent, maxLine, maxLinesPerSecond, value, batchScheduling);
    }

    /** The same with another {@link #batchScheduling()}. */
    public ProcessSettings withBatchScheduling(boolean value) {
        return new ProcessSettings(runParent, maxLine, maxLinesPerSecond, reportLoads, value);
    }
}
