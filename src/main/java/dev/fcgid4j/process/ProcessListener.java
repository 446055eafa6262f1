/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

/**
 * What a launcher reports of one process.
 *
 * <p>Threading: called on the launcher's own thread, one call at a time for a process; an implementation returns
 * quickly.
 */
public interface ProcessListener {

    /** Which stream of the process a line came from. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * A line that the process wrote, without its line end; cut at the launcher's limit. Lines that arrive after the end
     * of the process are still reported.
     */
    void line(Stream stream, String line);

    /**
     * The process ended and was reaped, its group was killed and its socket file removed. The last thing that happens
     * to a process; called exactly once, perhaps before {@link ProcessLauncher#launch} has returned to its caller.
     */
    void exited(ExitStatus status);
}
