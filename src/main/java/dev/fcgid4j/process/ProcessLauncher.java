/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Starts application processes and watches them until they have been reaped.
 *
 * <p>Threading: any thread that may block; {@link #launch} blocks for about a millisecond.
 */
public interface ProcessLauncher extends AutoCloseable {

    /**
     * Starts a process with a listening Unix socket as descriptor 0 (FCGI_LISTENSOCK_FILENO, FastCGI 1.0 section 2.2).
     *
     * @throws dev.fcgid4j.failure.WorkerStartException if the process can't be started; the message says why and what to do
     */
    ApplicationProcess launch(ProcessCommand command, ProcessListener listener);

    /** Returns the directory of the report files, one for each process; empty if processes report nothing. */
    default Optional<Path> reportDirectory() {
        return Optional.empty();
    }

    /**
     * Kills and reaps all processes, reports each exit, and removes the run directory. Blocks until that is done.
     */
    @Override
    void close();
}
