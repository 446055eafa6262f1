/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.observe.ExitStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the pool knows about the end of a worker's process: whether it was killed, how it ended, and what it wrote last.
 *
 * <p>Threading: the lock of the worker's group guards the kill mark and the status. The output and the notice guard
 * themselves.
 */
public final class ProcessEnd {

    private final ExitNotice notice = new ExitNotice();
    private final RecentOutput output = new RecentOutput();

    // Guarded by the group's lock.
    private boolean killed;
    private @Nullable ExitStatus status;

    ProcessEnd() {}

    /** Returns whether the pool has sent SIGKILL. Guarded by the group's lock. */
    public boolean killed() {
        return killed;
    }

    /** Records that the pool sends SIGKILL. Guarded by the group's lock. */
    public void noteKilled() {
        killed = true;
    }

    /** Returns how the process ended; empty while it runs. Guarded by the group's lock. */
    public Optional<ExitStatus> status() {
        return Optional.ofNullable(status);
    }

    /** Records how the process ended. Guarded by the group's lock. */
    public void status(ExitStatus ended) {
        status = requireNonNull(ended, "ended");
    }

    /** Records a line that the process wrote. Any thread. */
    public void noteOutput(String line) {
        output.add(line);
    }

    /** Returns the last lines of output, as a sentence for a message; empty if there were none. Any thread. */
    public String lastOutput() {
        return output.sentence();
    }

    /** Returns the notice that tells the lease holder about the end. Any thread. */
    public ExitNotice notice() {
        return notice;
    }
}
