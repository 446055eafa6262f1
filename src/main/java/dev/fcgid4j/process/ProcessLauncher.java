/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Starts application processes and looks after them until they have been reaped.
 *
 * <p>Threading: {@link #launch} blocks for about a millisecond; call it from a thread that may block.
 */
public interface ProcessLauncher extends AutoCloseable {

    /**
     * Starts a process with a listening Unix socket as descriptor 0 (FCGI_LISTENSOCK_FILENO, FastCGI 1.0 section 2.2).
     *
     * @throws dev.fcgid4j.failure.WorkerStartException when it can't be started; the message says why and what to do
     */
    ApplicationProcess launch(ProcessCommand command, ProcessListener listener);

    /** Where the processes note what they load, one file each; empty when that wasn't asked for. */
    default Optional<Path> reportDirectory() {
        return Optional.empty();
    }

    /**
     * Kills what still runs, reaps it, reports each exit, and removes the run directory. Blocks until that is done.
     */
    @Override
    void close();
}
