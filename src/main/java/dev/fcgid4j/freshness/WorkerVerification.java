/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.freshness.FreshnessDecision.CompareFiles;
import dev.fcgid4j.freshness.FreshnessDecision.VerifyWorker;
import dev.fcgid4j.freshness.FreshnessDecision.WorkerVerified;
import dev.fcgid4j.worker.Worker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Decides when the files of a worker must be verified, and when all files of the class must be compared.
 *
 * <p>A worker must be verified after it has reported a loaded file, after a file that it has loaded has changed, and from
 * time to time because a program may load a library without a report. The class must be compared when a worker has just
 * read files whose changes the kernel doesn't report: they may be newer than the files that older workers have read.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class WorkerVerification {

    private static final long EXECUTABLES_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final boolean enabled;
    private final Set<Worker> workers = new LinkedHashSet<>();
    private final Set<Worker> uncompared = new HashSet<>(); // have read files that were not compared since

    /**
     * Creates one without workers.
     *
     * @param enabled whether the files that workers load are watched at all (FcgidReloadTrigger switches that off)
     */
    WorkerVerification(boolean enabled) {
        this.enabled = enabled;
    }

    /** The living workers of the class, in the order in which they were created. */
    Collection<Worker> workers() {
        return workers;
    }

    boolean isAlive(Worker worker) {
        return workers.contains(worker);
    }

    void added(Worker worker) {
        WorkerFiles.attachTo(worker);
        workers.add(worker);
    }

    void ended(Worker worker) {
        workers.remove(worker);
    }

    /** A worker has reported loaded files. */
    List<FreshnessDecision> reported(Worker worker) {
        if (!enabled) {
            return List.of();
        }
        WorkerFiles.of(worker).countReport();
        return verify(worker, false);
    }

    /** A file that these workers have loaded may have changed. */
    List<FreshnessDecision> suspect(Collection<Worker> loadedBy) {
        List<FreshnessDecision> decisions = new ArrayList<>();
        for (Worker worker : loadedBy) {
            WorkerFiles.of(worker).suspect(true);
            decisions.addAll(verify(worker, false));
        }
        return decisions;
    }

    /**
     * A request has ended. A program may load a library at any time, so the executables are verified after the 1st, 2nd, 4th,
     * 8th ... request, and at most once a second after other requests.
     */
    List<FreshnessDecision> requestEnded(Worker worker, long nowNanos) {
        WorkerFiles files = WorkerFiles.of(worker);
        boolean due = worker.proven()
                && !files.isVerifying()
                && enabled
                && (Long.bitCount(worker.requests()) == 1
                        || nowNanos - files.executablesReadNanos() > EXECUTABLES_INTERVAL_NANOS);
        if (!due) {
            return List.of();
        }
        files.executablesRead(nowNanos);
        return verify(worker, true);
    }

    /** Begins a verification, unless the worker is retiring anyway. */
    List<FreshnessDecision> verify(Worker worker, boolean withExecutables) {
        return switch (worker.state()) {
            case STARTING, IDLE, BUSY, VERIFYING -> {
                WorkerVerified unverified = new WorkerVerified(worker, false);
                yield WorkerFiles.of(worker).beginVerification()
                        ? List.of(new VerifyWorker(worker, withExecutables), unverified)
                        : List.of(unverified);
            }
            case RETIRING, DEAD -> List.of();
        };
    }

    /** A worker has answered its first byte, so it has read its files. */
    List<FreshnessDecision> proven(Worker worker) {
        boolean others = workers.stream().anyMatch(other -> other != worker); // the worker may have ended meanwhile
        return others && uncompared.add(worker) ? List.of(new CompareFiles(worker)) : List.of();
    }

    /** The class's files were compared after the worker had read them. */
    void compared(Worker worker) {
        uncompared.remove(worker);
    }

    /** Returns whether a comparison is due or running. */
    boolean isComparing() {
        return !uncompared.isEmpty();
    }
}
