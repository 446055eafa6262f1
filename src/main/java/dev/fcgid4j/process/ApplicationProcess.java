/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One running application: the leader of its own process group, listening on its own Unix socket.
 *
 * <p>The launcher holds a second descriptor of the listening socket until the process has been reaped. So a connection
 * that the process never accepted is not reset when the process ends: it stays silent, and the exit notice tells that
 * the request on it was never read.
 *
 * <p>Threading: every method may be called from any thread and none blocks. After the end of the process the signals do
 * nothing, so a reused pid is never hit.
 */
public interface ApplicationProcess {

    /** The process id; also the id of its process group. */
    long pid();

    /** The socket to connect to; removed once the process has been reaped. */
    Path socketPath();

    /** Where the process notes what it loads; removed with the socket. */
    default Optional<Path> reportFile() {
        return Optional.empty();
    }

    /**
     * Asks the process to end: sends SIGTERM to its process group. A process that is still there a moment later has its
     * listening socket shut down, which wakes an application that goes back to accept after the signal. Not at once: an
     * accept that fails before the signal is handled would be an error to the application.
     */
    void terminate();

    /** Ends the process and its whole group with SIGKILL. */
    void kill();

    /** Resident memory in bytes, where the system tells; empty after the end. Reads a file: not for event loops. */
    OptionalLong residentBytes();
}
