/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The files of a process class that a new process must not read now.
 *
 * <h2>Partial files</h2>
 *
 * <p>A file is <em>being written</em> from the first write in place until its writer closes it. A file is <em>missing</em>
 * from the moment at which it is found to be gone until it returns or has been gone for FcgidQuietTime. The files are
 * <em>whole</em> while there is neither.
 *
 * <h2>Settle time</h2>
 *
 * <p>With FcgidSettleTime a change takes effect when nothing more has changed for that time. The files are <em>stable</em>
 * while they are whole and no settle time is running.
 *
 * <h2>Change count</h2>
 *
 * <p>The count increases with every report of a file, and whenever a change may have been missed. Code that reads the disk
 * compares the count before and after.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class FilesInFlux {

    private final long settleNanos;
    private final Set<Path> beingWritten = new HashSet<>();
    private final Map<Path, Missing> missing = new LinkedHashMap<>();
    private int changeCount;
    private boolean everDisturbed;
    private long disturbedNanos;
    private boolean settleTimeRuns;
    private long settleTimeEndNanos;

    /**
     * A missing file.
     *
     * @param untilNanos it counts as removed from then on
     * @param loadedBy the workers that have loaded it; they serve on until then
     */
    private record Missing(long untilNanos, Set<Worker> loadedBy) {}

    /**
     * Creates the state of a class whose files are stable.
     *
     * @param settleNanos FcgidSettleTime; 0 lets changes take effect at once
     */
    FilesInFlux(long settleNanos) {
        this.settleNanos = settleNanos;
    }

    // ---- reports --------------------------------------------------------------------------------------------------

    /** A writer has begun to write a file in place. */
    void beingWritten(Path file) {
        changeCount++;
        missing.remove(file);
        beingWritten.add(file);
    }

    /** A change of a file was completed. */
    void completed(Path file) {
        changeCount++;
        beingWritten.remove(file);
        missing.remove(file);
    }

    /** A file may have changed without a report. */
    void mayHaveChanged() {
        changeCount++;
    }

    /** A file was found to be missing. */
    void missing(MissingFile file, Set<Worker> loadedBy) {
        if (!beingWritten.contains(file.file())) { // otherwise it has returned meanwhile
            missing.computeIfAbsent(file.file(), f -> new Missing(file.untilNanos(), new HashSet<>()))
                    .loadedBy()
                    .addAll(loadedBy);
        }
    }

    /** Something happened to a file: a process that was started before may have failed for it. */
    void disturbed(long nowNanos) {
        everDisturbed = true;
        disturbedNanos = nowNanos;
        if (settleTimeRuns) {
            beginSettleTime(nowNanos);
        }
    }

    /** A worker has ended. */
    void workerEnded(Worker worker) {
        missing.values().forEach(each -> each.loadedBy().remove(worker));
    }

    // ---- settle time and removal ----------------------------------------------------------------------------------

    /** Returns whether changes take effect at once. */
    boolean changesAtOnce() {
        return settleNanos == 0;
    }

    /** Begins the settle time, or begins it again. */
    void beginSettleTime(long nowNanos) {
        settleTimeRuns = true;
        settleTimeEndNanos = nowNanos + settleNanos;
    }

    boolean settleTimeRuns() {
        return settleTimeRuns;
    }

    /** Ends the settle time if it is over. Returns true if it ended now. */
    boolean endSettleTime(long nowNanos) {
        if (!settleTimeRuns || settleTimeEndNanos - nowNanos > 0) {
            return false;
        }
        settleTimeRuns = false;
        return true;
    }

    /** Forgets the files that have been missing for too long. Returns them and the workers that have loaded them. */
    Map<Path, Set<Worker>> takeRemoved(long nowNanos) {
        Map<Path, Set<Worker>> removed = new LinkedHashMap<>();
        missing.forEach((file, each) -> {
            if (each.untilNanos() - nowNanos <= 0) {
                removed.put(file, each.loadedBy());
            }
        });
        missing.keySet().removeAll(removed.keySet());
        return removed;
    }

    /** When {@link #endSettleTime} or {@link #takeRemoved} has something to do; empty if nothing is pending. */
    OptionalLong nextNanos() {
        LongStream due = missing.values().stream().mapToLong(Missing::untilNanos);
        return LongStream.concat(settleTimeRuns ? LongStream.of(settleTimeEndNanos) : LongStream.empty(), due)
                .reduce((a, b) -> a - b < 0 ? a : b);
    }

    // ---- questions ------------------------------------------------------------------------------------------------

    int changeCount() {
        return changeCount;
    }

    /** Returns whether no file is being written or missing. */
    boolean areWhole() {
        return beingWritten.isEmpty() && missing.isEmpty();
    }

    /** Returns whether the files are whole and no settle time is running. */
    boolean areStable() {
        return areWhole() && !settleTimeRuns;
    }

    /** Returns whether something has happened to a file since this time on the pool's clock. */
    boolean disturbedSince(long nanos) {
        return everDisturbed && nanos - disturbedNanos <= 0;
    }

    /** A file that is being written or missing, if there is one. */
    Optional<Path> partialFile() {
        return Stream.concat(beingWritten.stream(), missing.keySet().stream()).findAny();
    }

    /** Describes a file that is being written or missing, if there is one. */
    Optional<String> describe() {
        return Stream.concat(
                        beingWritten.stream().map(file -> file + " is being written"),
                        missing.keySet().stream().map(file -> file + " was there and is away"))
                .findFirst();
    }
}
