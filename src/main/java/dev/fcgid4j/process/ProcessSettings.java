/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The settings of a launcher.
 *
 * <p>Immutable.
 *
 * @param runParent an existing directory for the private run directory; its path must be short, because the path of a Unix
 *     socket has at most 107 bytes (FcgidIPCDir)
 * @param maxLine longest line of an application's output in bytes; the rest of a longer line is dropped
 * @param maxLinesPerSecond lines of one process that are logged each second; further lines are only counted
 * @param reportLoads whether interpreters report the files that they load, and native files are looked for; files that a
 *     program names by itself count in any case (FcgidWatchLoadedFiles, On)
 * @param batchScheduling whether processes run under SCHED_BATCH, so that they don't preempt the server when it hands them
 *     a request (FcgidBatchScheduling, On)
 */
public record ProcessSettings(
        Path runParent, int maxLine, int maxLinesPerSecond, boolean reportLoads, boolean batchScheduling) {

    /** Creates settings with batch scheduling. */
    public ProcessSettings(Path runParent, int maxLine, int maxLinesPerSecond, boolean reportLoads) {
        this(runParent, maxLine, maxLinesPerSecond, reportLoads, true);
    }

    public ProcessSettings {
        requireNonNull(runParent, "runParent");
        if (maxLine < 80 || maxLinesPerSecond < 1) {
            throw new IllegalArgumentException("maxLine must be at least 80 and maxLinesPerSecond at least 1");
        }
    }

    /** Returns the defaults: XDG_RUNTIME_DIR or the temporary folder, lines of 8 KiB, 1000 lines a second. */
    public static ProcessSettings defaults() {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        Path parent = runtime != null && Files.isWritable(Path.of(runtime))
                ? Path.of(runtime)
                : Path.of(System.getProperty("java.io.tmpdir"));
        return new ProcessSettings(parent.toAbsolutePath(), 8192, 1000, true);
    }

    /** Returns the settings with another {@link #runParent()}. */
    public ProcessSettings withRunParent(Path value) {
        return new ProcessSettings(value, maxLine, maxLinesPerSecond, reportLoads, batchScheduling);
    }

    /** Returns the settings with another {@link #reportLoads()}. */
    public ProcessSettings withReportLoads(boolean value) {
        return new ProcessSettings(runParent, maxLine, maxLinesPerSecond, value, batchScheduling);
    }

    /** Returns the settings with another {@link #batchScheduling()}. */
    public ProcessSettings withBatchScheduling(boolean value) {
        return new ProcessSettings(runParent, maxLine, maxLinesPerSecond, reportLoads, value);
    }
}
