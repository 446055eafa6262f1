/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Prepares the environment of each process so that its interpreter writes which files it loads to the process's report
 * file.
 *
 * <p>Threading: any thread that may block.
 */
@FunctionalInterface
public interface Instrumentation {

    /** The variable that holds the path of a process's report file. */
    String REPORT_FILE = "FCGID_WATCH_FILE";

    /**
     * Returns the environment of an instrumented process.
     *
     * @param environment the environment of the process without instrumentation
     * @param reportFile an existing file that the process may write
     */
    Map<String, String> inject(Map<String, String> environment, Path reportFile);

    /** Installs an instrumentation when a launcher opens. */
    @FunctionalInterface
    interface Installer {

        /**
         * Writes the files that the instrumentation needs.
         *
         * @param directory an existing directory that every user may read and only this user may write; it lives as long
         *     as the launcher
         * @throws IOException if a file can't be written
         */
        Instrumentation install(Path directory) throws IOException;
    }
}
