/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.worker.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a group knows of its class's files: their version, who is writing them, what changed last, and what has changed
 * but counts only when nothing more changes (FcgidSettleTime).
 *
 * <p>Threading: guarded by the group's lock.
 */
final class ClassFiles {

    private final long settleNanos;
    private final Set<Path> beingWritten = new HashSet<>();
    private int generation;
    private Cause cause = new Cause(RetireReason.SCRIPT_CHANGED, Optional.empty());
    private Optional<PoolSnapshot.Change> lastChange = Optional.empty();
    private boolean anyTouched;
    private long touchedNanos;

    // What counts when it has settled.
    private boolean settling;
    private long settledAtNanos;
    private Optional<Cause> due = Optional.empty();
    private final Map<Worker, Path> outdated = new LinkedHashMap<>();

    /** Why there is a new generation. */
    record Cause(RetireReason reason, Optional<Path> file) {

        /** A worker goes for it. */
        void mark(Worker worker) {
            file.ifPresentOrElse(
                    changed -> worker.markForRetirement(reason, changed), () -> worker.markForRetirement(reason));
        }
    }

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

    /** A change of a file of all workers; true when there is a new generation now, false when it has to settle first. */
    boolean changed(Path file, long nowNanos) {
        noteChange(file);
        Cause fresh = new Cause(RetireReason.SCRIPT_CHANGED, Optional.of(file));
        if (settleNanos == 0) {
            next(fresh);
            return true;
        }
        due = Optional.of(fresh);
        putOff(nowNanos);
        return false;
    }

    /** Somebody wants new workers; true when there is a new generation now, false when one comes anyway. */
    boolean recycled() {
        Cause fresh = new Cause(RetireReason.RECYCLED, Optional.empty());
        if (settling) {
            due = Optional.of(due.orElse(fresh));
            return false;
        }
        next(fresh);
        return true;
    }

    /** There is a new generation. */
    void next(Cause why) {
        generation++;
        cause = why;
    }

    /** A file that some workers have loaded is complete; whether they are to go is being looked at. */
    void touched(Path file, long nowNanos) {
        beingWritten.remove(file);
        anyTouched = true;
        touchedNanos = nowNanos;
        if (settling) {
            putOff(nowNanos);
        }
    }

    /** A worker has loaded a file as it was before; true when that counts now, false when it has to settle first. */
    boolean outdated(Worker worker, Path file, long nowNanos) {
        noteChange(file);
        if (settleNanos == 0) {
            return true;
        }
        outdated.putIfAbsent(worker, file);
        putOff(nowNanos);
        return false;
    }

    private void putOff(long nowNanos) {
        settling = true;
        settledAtNanos = nowNanos + settleNanos;
    }

    private void noteChange(Path file) {
        beingWritten.remove(file);
        lastChange = Optional.of(new PoolSnapshot.Change(Clock.systemUTC().instant(), file));
    }

    /** Whether changes have just come to rest; to be asked once it is time. */
    boolean settle(long nowNanos) {
        if (!settling || settledAtNanos - nowNanos > 0) {
            return false;
        }
        settling = false;
        return true;
    }

    /** After {@link #settle}: whether there is a new generation now. */
    boolean takeDue() {
        due.ifPresent(this::next);
        boolean any = due.isPresent();
        due = Optional.empty();
        return any;
    }

    /** After {@link #settle}: the workers that have loaded what changed, and which file it is. */
    Map<Worker, Path> takeOutdated() {
        Map<Worker, Path> taken = new LinkedHashMap<>(outdated);
        outdated.clear();
        return taken;
    }

    /** A worker is gone. */
    void forget(Worker worker) {
        outdated.remove(worker);
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

    /** Whether a worker's failure is nobody's error, because its files are being changed, or have been. */
    boolean excuses(Worker worker) {
        return stale(worker)
                || (settling && !worker.proven())
                || worker.doubted()
                || (!worker.proven() && anyTouched && worker.startedNanos() - touchedNanos <= 0)
                || worker.retireReason()
                        .filter(r -> r == RetireReason.SCRIPT_CHANGED || r == RetireReason.LOADED_FILE_CHANGED)
                        .isPresent();
    }

    /** A worker goes because it is {@link #stale}. */
    void markStale(Worker worker) {
        if (worker.generation() == generation) {
            new Cause(RetireReason.SCRIPT_CHANGED, beingWritten.stream().findAny()).mark(worker);
        } else {
            cause.mark(worker);
        }
    }

    /** What changed last. */
    Optional<PoolSnapshot.Change> lastChange() {
        return lastChange;
    }
}
