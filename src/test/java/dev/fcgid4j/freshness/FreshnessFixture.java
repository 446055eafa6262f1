/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.freshness.FreshnessDecision.StartsAllowed;
import dev.fcgid4j.freshness.FreshnessDecision.VerifyWorker;
import dev.fcgid4j.freshness.FreshnessDecision.WorkerVerified;
import dev.fcgid4j.freshness.FreshnessDecision.WorkersOutdated;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.watch.Glob;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A class with one script, its freshness, and workers in every state; no pool, no clock and no disk. */
final class FreshnessFixture {

    static final Path SCRIPT = Path.of("/site/app.fcgi");
    static final Path LIBRARY = Path.of("/lib/x.pm");
    static final StartsAllowed STARTS_ALLOWED = new StartsAllowed(Optional.empty());
    static final StartsAllowed STARTS_ALLOWED_BY_LIBRARY = new StartsAllowed(Optional.of(LIBRARY));

    final ClassFreshness freshness;
    final FreshnessEvents events;
    private final ProcessClass processClass;

    private FreshnessFixture(ChangePolicy policy, Duration settleTime) {
        processClass = new ProcessClass(
                "/app", new ProcessCommand(List.of(SCRIPT.toString()), Map.of(), Path.of("/site")), policy);
        freshness = new ClassFreshness(policy, settleTime);
        events = freshness.events();
    }

    /** Changes count at once. */
    static FreshnessFixture create() {
        return new FreshnessFixture(ChangePolicy.strict(List.of(SCRIPT)), Duration.ZERO);
    }

    /** Changes count when nothing more has changed for a hundred nanoseconds. */
    static FreshnessFixture withSettleTime() {
        return new FreshnessFixture(ChangePolicy.strict(List.of(SCRIPT)), Duration.ofNanos(100));
    }

    /** Files that match a pattern belong to the class too. */
    static FreshnessFixture withPattern() {
        List<Glob> globs = List.of(new Glob(Path.of("/site"), "*.tmpl"));
        return new FreshnessFixture(
                new ChangePolicy(List.of(SCRIPT), globs, true, false, Optional.empty(), 0), Duration.ZERO);
    }

    /** Only a trigger counts: the files that workers load are not watched. */
    static FreshnessFixture withTriggerAlone() {
        return new FreshnessFixture(
                new ChangePolicy(List.of(SCRIPT), List.of(), false, false, Optional.empty(), 0), Duration.ZERO);
    }

    /** A worker whose process has not been started. */
    Worker created() {
        Worker worker = new Worker(processClass, Worker.NOT_LAUNCHED, 0);
        freshness.workerAdded(worker);
        return worker;
    }

    /** A worker whose process is being started. */
    Worker starting() {
        Worker worker = created();
        freshness.starting(worker);
        return worker;
    }

    /** A worker in its first request, without a byte of its response. */
    Worker inFirstRequest() {
        Worker worker = starting();
        worker.become(WorkerState.IDLE, 0);
        lease(worker);
        return worker;
    }

    /** A worker that has served one request. */
    Worker idle() {
        Worker worker = inFirstRequest();
        worker.prove();
        worker.countRequest();
        worker.become(WorkerState.IDLE, 0);
        return worker;
    }

    /** A worker that serves its second request. */
    Worker busy() {
        Worker worker = idle();
        lease(worker);
        return worker;
    }

    Worker retiring() {
        Worker worker = idle();
        worker.become(WorkerState.RETIRING, 0);
        return worker;
    }

    void lease(Worker worker) {
        worker.become(WorkerState.BUSY, 0);
        freshness.leased(worker);
    }

    /** A worker that has loaded the library and was verified. */
    Worker idleWithLibrary() {
        Worker worker = idle();
        events.reported(worker);
        events.verified(worker, VerificationResult.UNCHANGED, 0);
        return worker;
    }

    /** What was found when the files began to be watched: nothing special. */
    FilesBeforeStart watched() {
        return new FilesBeforeStart(freshness.generation(), freshness.changeCount(), List.of());
    }

    static VerificationResult missing(long untilNanos) {
        return new VerificationResult(Optional.empty(), List.of(new MissingFile(LIBRARY, untilNanos)));
    }

    static VerificationResult changed(Path file) {
        return new VerificationResult(Optional.of(file), List.of());
    }

    static VerifyWorker verify(Worker worker) {
        return new VerifyWorker(worker, false);
    }

    static WorkerVerified unverified(Worker worker) {
        return new WorkerVerified(worker, false);
    }

    static WorkerVerified verified(Worker worker) {
        return new WorkerVerified(worker, true);
    }

    static WorkersOutdated partial(Worker worker, Path file) {
        return new WorkersOutdated(RetireReason.SCRIPT_CHANGED, Map.of(worker, file));
    }

    static WorkersOutdated older(Worker worker, Path file) {
        return new WorkersOutdated(RetireReason.LOADED_FILE_CHANGED, Map.of(worker, file));
    }
}
