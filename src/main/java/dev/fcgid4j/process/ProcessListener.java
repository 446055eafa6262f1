/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import dev.fcgid4j.observe.ExitStatus;

/**
 * Receives the reports of a launcher about one process.
 *
 * <p>Threading: the launcher's own thread calls it, one call at a time for a process; an implementation returns quickly.
 */
public interface ProcessListener {

    /** An output stream of a process. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * Reports a line that the process wrote, without its line end, cut at the launcher's limit. Lines may follow after the
     * end of the process.
     */
    void line(Stream stream, String line);

    /**
     * Reports that the process has ended and has been reaped, its group was killed and its socket file removed. Called
     * exactly once, perhaps before {@link ProcessLauncher#launch} has returned to its caller.
     */
    void exited(ExitStatus status);
}
