/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Something that happened in a pool. Immutable.
 *
 * <p>What happens with each single request is no event, because an object per request would cost too much: {@link
 * ClassAdded} gives the counters of a class, which a listener may read at any time.
 */
public sealed interface FcgiEvent {

    /** The name of the process class, as snapshots and log lines show it; empty if the event concerns the whole pool. */
    String processClass();

    /**
     * A process class is used for the first time, or again after {@link ClassForgotten}.
     *
     * @param requests counts the requests of the class from now on
     */
    record ClassAdded(String processClass, RequestStatistics requests) implements FcgiEvent {}

    /** A process class was not used for some minutes: its counters end here. */
    record ClassForgotten(String processClass) implements FcgiEvent {}

    /** A process was started. */
    record WorkerStarted(String processClass, long pid, int generation) implements FcgiEvent {}

    /**
     * A start failed: no process was started, or it ended before it accepted a request.
     *
     * @param pid 0 if no process was started
     * @param message what happened and what to do
     * @param dueToChange whether the class's files changed meanwhile, which explains the failure
     */
    record StartFailed(String processClass, long pid, String message, boolean dueToChange) implements FcgiEvent {}

    /**
     * A process is asked to end.
     *
     * @param file the changed file, if a change is the reason
     */
    record WorkerRetired(String processClass, long pid, RetireReason reason, Optional<Path> file)
            implements FcgiEvent {}

    /** A process did not end within the grace time (FcgidErrorScanInterval) and is killed. */
    record WorkerKilled(String processClass, long pid) implements FcgiEvent {}

    /**
     * A process ended and was reaped. Follows every {@link WorkerStarted}, once.
     *
     * @param requests requests that it ended
     * @param reason why it was stopped; {@link RetireReason#EXITED} if it ended by itself
     * @param file the changed file, if a change is the reason
     * @param crashed whether a {@link WorkerCrashed} has been reported for this end; one may still follow when the
     *     request of the worker ends
     */
    record WorkerExited(
            String processClass,
            long pid,
            ExitStatus status,
            long requests,
            RetireReason reason,
            Optional<Path> file,
            boolean crashed)
            implements FcgiEvent {}

    /** A process ended by itself, with an error. Follows or precedes its {@link WorkerExited}. */
    record WorkerCrashed(String processClass, long pid, ExitStatus status, long requests) implements FcgiEvent {}

    /**
     * The class's files changed, or an operator asked for new workers. Older workers are replaced.
     *
     * @param generation the new one
     * @param reason why older workers are replaced
     * @param file the changed file, if a change is the reason
     */
    record GenerationBegan(String processClass, int generation, RetireReason reason, Optional<Path> file)
            implements FcgiEvent {}

    /**
     * A class that replaces its workers by rolling (FcgidReplace) has tried a new generation.
     *
     * @param takenOver whether the new generation serves from now on; otherwise the old one goes on
     * @param details which generation goes on and why; empty if the new one has taken over
     */
    record RolloutEnded(String processClass, int generation, boolean takenOver, String details) implements FcgiEvent {}

    /**
     * A file that all workers of a class share was changed. A {@link GenerationBegan} follows, at once or after the settle
     * time (FcgidSettleTime). Changes of a file that only some workers have loaded are reported as the retirement of those.
     */
    record FileChanged(String processClass, Path file) implements FcgiEvent {}

    /**
     * The files that a worker has loaded could not be verified, which is a mistake in this library. The worker is replaced.
     */
    record VerificationFailed(String processClass, long pid, Throwable cause) implements FcgiEvent {}

    /**
     * The workers of a class have loaded more files than are watched. Reported once for each class.
     *
     * @param limit files that are watched
     * @param file one that isn't
     */
    record TooManyLoadedFiles(String processClass, int limit, Path file) implements FcgiEvent {}

    /**
     * A worker of several threads did not read a request on a kept connection, and no thread was at work. From now on the
     * class keeps no connections (FcgidKeepConnection).
     */
    record KeptConnectionUnread(String processClass, long pid) implements FcgiEvent {}

    /** A response named a file to watch whose name is no path. */
    record InvalidDependency(String processClass, long pid, String message) implements FcgiEvent {}

    /**
     * The pool itself failed at something, which is a mistake in this library or in a listener of a request.
     *
     * @param activity what it was doing
     */
    record InternalFailure(String processClass, String activity, Throwable cause) implements FcgiEvent {}
}
