/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One running application: the leader of its own process group, listening on its own Unix socket.
 *
 * <p>The launcher holds a second descriptor of the listening socket until the process has been reaped. So a connection
 * that the process never accepted is not reset when the process ends. It stays silent, and the report of the exit proves
 * that the request on it was never read.
 *
 * <p>Threading: any thread may call any method, and none blocks. After the end of the process the signals do nothing, so
 * they never reach another process with a reused id.
 */
public interface ApplicationProcess {

    /** Returns the process id, which is also the id of the process group. */
    long pid();

    /** Returns the socket to connect to; it is removed when the process has been reaped. */
    Path socketPath();

    /** Returns the file to which the process reports the files that it loads; it is removed with the socket. */
    default Optional<Path> reportFile() {
        return Optional.empty();
    }

    /**
     * Asks the process to end: sends SIGTERM to its process group. If the process still runs a moment later, its listening
     * socket is shut down, which ends the accept of an application that returns to it after the signal. The socket is not
     * shut down at once, because an accept that fails before the signal is handled looks like an error to the application.
     */
    void terminate();

    /** Ends the process and its whole group with SIGKILL. */
    void kill();

    /** Returns the resident memory in bytes; empty after the end, and without {@code /proc}. Reads a file: not for event loops. */
    OptionalLong residentBytes();

    /** Returns what the process is doing; empty if that is unknown. Reads files: not for event loops. */
    default Optional<ProcessActivity> activity() {
        return Optional.empty();
    }
}
