/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.process.ApplicationProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds the files that a process has loaded.
 *
 * <p>Threading: any thread that may block.
 */
@FunctionalInterface
public interface LoadReports {

    /**
     * Opens the load report of a process.
     *
     * @param directory the base of relative paths in the report
     * @return empty if the process has no report
     */
    Optional<LoadReport> open(ApplicationProcess process, Path directory);

    /** Returns the program and the libraries that a process executes. Reads a file. */
    default List<Path> executables(ApplicationProcess process) {
        return List.of();
    }

    /**
     * Reads the report files of real processes.
     *
     * @param withExecutables whether to list the executed programs and libraries too (FcgidWatchLoadedFiles)
     */
    static LoadReports onDisk(boolean withExecutables) {
        return new LoadReports() {
            @Override
            public Optional<LoadReport> open(ApplicationProcess process, Path directory) {
                return process.reportFile().map(file -> new LoadReportFile(file, directory));
            }

            @Override
            public List<Path> executables(ApplicationProcess process) {
                return withExecutables ? ProcessMaps.executables(process.pid()) : List.of();
            }
        };
    }
}
