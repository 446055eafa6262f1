/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A decision of {@link ClassFreshness}. The pool applies the first four kinds under the group's lock, in their order. It
 * passes each {@link Task} to {@link FreshnessMonitor#perform} after it has released the lock.
 *
 * <p>Immutable.
 */
public sealed interface FreshnessDecision {

    /**
     * A new generation began. {@link ClassFreshness#isOutdated} is true for every older worker from now on.
     *
     * @param reason why older workers go
     * @param file the changed file, if a change is the reason
     */
    record GenerationBegan(RetireReason reason, Optional<Path> file) implements FreshnessDecision {}

    /**
     * These workers are outdated.
     *
     * <ul>
     *   <li>{@link RetireReason#SCRIPT_CHANGED}: the workers may have read a partial file; each of them must go.
     *   <li>{@link RetireReason#LOADED_FILE_CHANGED}: the workers run an older, complete version of a file. A class that
     *       replaces its workers by rolling keeps them until a worker of a newer generation is ready.
     * </ul>
     *
     * @param reason one of these two
     * @param workers each worker and the file that makes it outdated; in the order in which the workers were created
     */
    record WorkersOutdated(RetireReason reason, Map<Worker, Path> workers) implements FreshnessDecision {}

    /**
     * A worker is verified, or must be verified before its next request.
     *
     * @param verified true if every file that the worker has loaded is watched and was compared; false if the worker must
     *     get no request until a second decision says true
     */
    record WorkerVerified(Worker worker, boolean verified) implements FreshnessDecision {}

    /**
     * Files changed, so a new process may start although earlier ones failed. {@link ClassFreshness#startsAllowed} may
     * still be false at this moment.
     *
     * @param loadedFile the file, if only some workers have loaded it; empty if it concerns all workers, or if the operator
     *     asked for new workers
     */
    record StartsAllowed(Optional<Path> loadedFile) implements FreshnessDecision {}

    /** Work that reads the disk. */
    sealed interface Task extends FreshnessDecision {

        /** Returns the worker that waits for the task. */
        Worker worker();
    }

    /**
     * The files that a worker has loaded must be read from its report, watched and compared.
     *
     * @param withExecutables whether the executed program and libraries are compared too
     */
    record VerifyWorker(Worker worker, boolean withExecutables) implements Task {}

    /**
     * A worker has just read its files, and the kernel doesn't report changes of some of them. They must be compared before
     * any worker of the class gets a request.
     */
    record CompareFiles(Worker worker) implements Task {}
}
