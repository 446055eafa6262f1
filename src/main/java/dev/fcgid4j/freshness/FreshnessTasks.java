/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.FreshnessDecision.CompareFiles;
import dev.fcgid4j.freshness.FreshnessDecision.Task;
import dev.fcgid4j.freshness.FreshnessDecision.VerifyWorker;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.worker.Worker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/**
 * Performs the tasks of one class on threads that may block. Every task ends with an event, even if it fails or can't run: the
 * worker waits for it.
 *
 * <p>Threading: any thread that doesn't hold the group's lock.
 */
final class FreshnessTasks {

    private final ProcessClass processClass;
    private final FreshnessEnvironment environment;
    private final FreshnessExecutor executor;
    private final LoadedFileTracker loaded;
    private final Runnable compare;

    /**
     * Creates the performer of a class's tasks.
     *
     * @param compare reports the changes that the kernel doesn't report; blocks
     */
    FreshnessTasks(
            ProcessClass processClass,
            FreshnessEnvironment environment,
            FreshnessExecutor executor,
            LoadedFileTracker loaded,
            Runnable compare) {
        this.processClass = processClass;
        this.environment = environment;
        this.executor = executor;
        this.loaded = loaded;
        this.compare = compare;
    }

    void perform(Task task) {
        if (task instanceof VerifyWorker verify) {
            verify(verify.worker(), verify.withExecutables());
        } else if (task instanceof CompareFiles comparison) {
            compare(comparison.worker());
        }
    }

    private void verify(Worker worker, boolean withExecutables) {
        try {
            environment.blocking().execute(() -> verified(worker, result(worker, withExecutables)));
        } catch (RejectedExecutionException e) { // the pool closes: the worker gets no further request
            verified(worker, VerificationResult.UNCHANGED);
        } catch (RuntimeException | Error e) {
            environment.listener().onEvent(new FcgiEvent.VerificationFailed(processClass.name(), worker.pid(), e));
            verified(worker, outdated());
        }
    }

    private void verified(Worker worker, VerificationResult result) {
        executor.decide(events -> events.verified(worker, result, environment.now()));
        result.missing().forEach(each -> executor.sweepAt(each.untilNanos()));
    }

    /** A worker whose files can't be read counts as outdated: otherwise it would be verifying for ever. */
    private VerificationResult result(Worker worker, boolean withExecutables) {
        try {
            return loaded.verify(worker, withExecutables);
        } catch (RuntimeException | Error e) {
            environment.listener().onEvent(new FcgiEvent.VerificationFailed(processClass.name(), worker.pid(), e));
            return outdated();
        }
    }

    private VerificationResult outdated() {
        return new VerificationResult(Optional.of(processClass.command().directory()), List.of());
    }

    private void compare(Worker worker) {
        try {
            environment.blocking().execute(() -> {
                try {
                    compare.run();
                } finally {
                    compared(worker);
                }
            });
        } catch (RejectedExecutionException e) { // the pool closes: no request gets a worker
            compared(worker);
        } catch (RuntimeException | Error e) {
            environment
                    .listener()
                    .onEvent(new FcgiEvent.InternalFailure(
                            processClass.name(),
                            "no thread compares the files; the next comparison is due in time",
                            e));
            compared(worker);
        }
    }

    private void compared(Worker worker) {
        executor.decide(events -> events.compared(worker));
    }
}
