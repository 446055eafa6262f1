/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a group knows of its class's files: their version, who is writing them, what changed last.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class ClassFiles {

    private final long settleNanos;
    private final Set<Path> beingWritten = new HashSet<>();
    private int generation;
    private boolean settling;
    private long settledAtNanos;
    private Optional<PoolSnapshot.Change> lastChange = Optional.empty();

    /**
     * Creates one.
     *
     * @param settleNanos a change counts when nothing more has changed for so long (FcgidSettleTime); 0 for at once
     */
    ClassFiles(long settleNanos) {
        this.settleNanos = settleNanos;
    }

    /** How often the files changed. */
    int generation() {
        return generation;
    }

    /** Somebody writes a file in place and isn't done. */
    void beingWritten(Path file) {
        beingWritten.add(file);
    }

    /** A file is complete, changed or not. */
    void complete(Path file) {
        beingWritten.remove(file);
    }

    /** Notes a change; true when it counts at once, false when it has to settle first. */
    boolean changed(Path file, long nowNanos) {
        noteChange(file);
        if (settleNanos == 0) {
            generation++;
            return true;
        }
        settling = true;
        settledAtNanos = nowNanos + settleNanos;
        return false;
    }

    /** Notes a change of a file that some workers have loaded: it makes no new version of all. */
    void noteChange(Path file) {
        complete(file);
        lastChange = Optional.of(new PoolSnapshot.Change(Clock.systemUTC().instant(), file));
    }

    /** Whether changes have just come to rest; to be asked once it is time. */
    boolean settle(long nowNanos) {
        if (!settling || settledAtNanos - nowNanos > 0) {
            return false;
        }
        settling = false;
        generation++;
        return true;
    }

    /** When {@link #settle} has something to say; empty when nothing is on its way. */
    Optional<Long> settledAtNanos() {
        return settling ? Optional.of(settledAtNanos) : Optional.empty();
    }

    /** Whether the files can be read as a whole. */
    boolean atRest() {
        return beingWritten.isEmpty() && !settling;
    }

    /** Whether a worker may have read other files than there are now, or half of one. */
    boolean stale(Worker worker) {
        return worker.generation() != generation || (!beingWritten.isEmpty() && !worker.proven());
    }

    /** What changed last. */
    Optional<PoolSnapshot.Change> lastChange() {
        return lastChange;
    }
}
