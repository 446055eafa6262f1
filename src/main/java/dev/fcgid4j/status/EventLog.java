/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.status;

import dev.fcgid4j.api.Internal;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.FcgiListener;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what happens in a pool to the log: INFO for the ordinary life of workers, WARN for what an administrator should
 * look at, ERROR for mistakes of this library.
 *
 * <p>Threading: any thread.
 */
@Internal
public final class EventLog implements FcgiListener {

    /** The name of the logger, which logging configurations refer to. */
    public static final String LOGGER = "dev.fcgid4j.pool.WorkerPool";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    /** Creates a listener that writes to the logger {@link #LOGGER}. */
    public EventLog() {}

    @Override
    public void onEvent(FcgiEvent event) {
        if (event instanceof FcgiEvent.WorkerStarted started) {
            LOG.info("started {}[{}], generation {}", started.processClass(), started.pid(), started.generation());
        } else if (event instanceof FcgiEvent.StartFailed failed) {
            startFailed(failed);
        } else if (event instanceof FcgiEvent.WorkerRetired retired) {
            String why = because(retired.reason().toString(), retired.file());
            LOG.info("stopping {}[{}]: {}", retired.processClass(), retired.pid(), why);
        } else if (event instanceof FcgiEvent.WorkerKilled killed) {
            LOG.warn(
                    "{}[{}] did not end within the grace time (FcgidErrorScanInterval); killing it",
                    killed.processClass(),
                    killed.pid());
        } else if (event instanceof FcgiEvent.WorkerExited exited) {
            workerExited(exited);
        } else if (event instanceof FcgiEvent.WorkerCrashed crashed) {
            LOG.warn(
                    "{}[{}] ended by itself with {} after {} requests",
                    crashed.processClass(),
                    crashed.pid(),
                    crashed.status(),
                    crashed.requests());
        } else if (event instanceof FcgiEvent.RolloutEnded ended) {
            rolloutEnded(ended);
        } else if (event instanceof FcgiEvent.KeptConnectionUnread unread) {
            LOG.warn(
                    "{}[{}] does not read a request on a kept connection; {} keeps no connections from now on. Say"
                            + " FcgidKeepConnection Off if it accepts under a lock that its threads share",
                    unread.processClass(),
                    unread.pid(),
                    unread.processClass());
        } else {
            fileEvent(event);
        }
    }

    private static void fileEvent(FcgiEvent event) {
        if (event instanceof FcgiEvent.FileChanged changed) {
            LOG.info("{}: {} changed", changed.processClass(), changed.file());
        } else if (event instanceof FcgiEvent.VerificationFailed failed) {
            LOG.error(
                    "what {}[{}] has loaded can't be looked at; it is replaced",
                    failed.processClass(),
                    failed.pid(),
                    failed.cause());
        } else if (event instanceof FcgiEvent.TooManyLoadedFiles tooMany) {
            LOG.warn(
                    "{}: more than {} loaded files; changes of {} and others are not noticed. Use FcgidReloadTrigger",
                    tooMany.processClass(),
                    tooMany.limit(),
                    tooMany.file());
        } else if (event instanceof FcgiEvent.InvalidDependency invalid) {
            LOG.warn(
                    "{}[{}] names a file to watch that is none: {}",
                    invalid.processClass(),
                    invalid.pid(),
                    invalid.message());
        } else if (event instanceof FcgiEvent.InternalFailure failure) {
            internalFailure(failure);
        } // other events have no line of their own
    }

    private static void startFailed(FcgiEvent.StartFailed failed) {
        if (failed.dueToChange()) {
            LOG.info("{} could not be started while its files changed: {}", failed.processClass(), failed.message());
        } else if (failed.pid() == 0) {
            LOG.warn("{} can't be started: {}", failed.processClass(), failed.message());
        } else {
            LOG.warn("{}", failed.message()); // which names the worker
        }
    }

    private static void workerExited(FcgiEvent.WorkerExited exited) {
        if (!exited.crashed()) { // otherwise its crash has been logged
            LOG.info(
                    "{}[{}] ended with {} after {} requests: {}",
                    exited.processClass(),
                    exited.pid(),
                    exited.status(),
                    exited.requests(),
                    because(exited.reason().toString(), exited.file()));
        }
    }

    private static void rolloutEnded(FcgiEvent.RolloutEnded ended) {
        if (ended.takenOver()) {
            LOG.info("{}: generation {} takes over", ended.processClass(), ended.generation());
        } else {
            LOG.warn("{}: {}. The next change tries again", ended.processClass(), ended.details());
        }
    }

    private static void internalFailure(FcgiEvent.InternalFailure failure) {
        String where = failure.processClass().isEmpty() ? "" : failure.processClass() + ": ";
        LOG.error("{}{}", where, failure.activity(), failure.cause());
    }

    private static String because(String reason, Optional<Path> file) {
        return file.map(path -> reason + ": " + path).orElse(reason);
    }
}
