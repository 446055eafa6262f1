/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.freshness.MissingFile;
import dev.fcgid4j.worker.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a group knows of its class's files: their version, who is writing them, what changed last, and what has changed
 * but counts only when nothing more changes (FcgidSettleTime).
 *
 * <p>Threading: guarded by the group's lock.
 */
final class ClassFiles {

    private final long settleNanos;
    private final Set<Path> beingWritten = new HashSet<>();
    private final Map<Path, Away> away = new LinkedHashMap<>();
    private int touches;
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

    /** Until when a file that is away may come back, and who has loaded it and goes on meanwhile. */
    private record Away(long untilNanos, Set<Worker> loadedBy) {}

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
        touches++;
        away.remove(file);
        beingWritten.add(file);
    }

    /** One of them may have changed, of which nothing was told. */
    void mayHaveChanged() {
        touches++;
    }

    /** How often anything was told of a file, or might have been; who looks at the disk asks before and afterwards. */
    int touches() {
        return touches;
    }

    /** A file was found to be away; by these workers, which have loaded it. */
    void away(MissingFile absence, Set<Worker> loadedBy) {
        if (!beingWritten.contains(absence.file())) { // otherwise it has come back since then
            away.computeIfAbsent(absence.file(), f -> new Away(absence.untilNanos(), new HashSet<>()))
                    .loadedBy()
                    .addAll(loadedBy);
        }
    }

    /** Takes the files that have been away for too long, and who has loaded each of them. */
    Map<Path, Set<Worker>> takeRemoved(long nowNanos) {
        Map<Path, Set<Worker>> removed = new LinkedHashMap<>();
        away.forEach((file, each) -> {
            if (each.untilNanos() - nowNanos <= 0) {
                removed.put(file, each.loadedBy());
            }
        });
        away.keySet().removeAll(removed.keySet());
        return removed;
    }

    /** When {@link #takeRemoved} has something to give, if nothing comes back before. */
    Optional<Long> removedAtNanos() {
        return away.values().stream().map(Away::untilNanos).min((a, b) -> Long.signum(a - b));
    }

    /** A change of a file of all workers; true when there is a new generation now, false when it has to settle first. */
    boolean changed(Path file, long nowNanos) {
        complete(file);
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
        complete(file);
        stirred(nowNanos);
    }

    /** Something has happened to a file: who was started before may have failed for it. */
    void stirred(long nowNanos) {
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

    private void complete(Path file) {
        touches++;
        beingWritten.remove(file);
        away.remove(file);
    }

    private void noteChange(Path file) {
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
        away.values().forEach(each -> each.loadedBy().remove(worker));
    }

    /** When {@link #settle} has something to say; empty when nothing is on its way. */
    Optional<Long> settledAtNanos() {
        return settling ? Optional.of(settledAtNanos) : Optional.empty();
    }

    /** Whether the files can be read as a whole. */
    boolean atRest() {
        return isWhole() && !settling;
    }

    /** Whether none is being written or away. */
    boolean isWhole() {
        return beingWritten.isEmpty() && away.isEmpty();
    }

    /** What isn't whole, in words, if something isn't. */
    Optional<String> unfinished() {
        return Stream.concat(
                        beingWritten.stream().map(file -> file + " is being written"),
                        away.keySet().stream().map(file -> file + " was there and is away"))
                .findFirst();
    }

    /** Whether a worker may have read other files than there are now, or half of one. */
    boolean stale(Worker worker) {
        return worker.generation() != generation || (!isWhole() && !worker.proven());
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
            Optional<Path> unfinished =
                    Stream.concat(beingWritten.stream(), away.keySet().stream()).findAny();
            new Cause(RetireReason.SCRIPT_CHANGED, unfinished).mark(worker);
        } else {
            cause.mark(worker);
        }
    }

    /** What changed last. */
    Optional<PoolSnapshot.Change> lastChange() {
        return lastChange;
    }
}
