/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.PoolExhaustedException;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.freshness.FreshnessEvents;
import dev.fcgid4j.freshness.MissingFile;
import dev.fcgid4j.freshness.VerificationResult;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.status.EventLog;
import dev.fcgid4j.testkit.LeaseRecorder;
import dev.fcgid4j.testkit.LogCapture;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A group of at most one process or two, whose requests wait for five seconds; events and clock by hand. */
class WorkerGroupTest {

    private static final ClassLimits LIMITS = ClassLimits.defaults().toBuilder()
            .maxProcesses(1)
            .queueTimeout(Duration.ofSeconds(5))
            .build();
    private static final ProcessClass CLASS = new ProcessClass(
            "/a",
            new ProcessCommand(List.of("/site/a"), Map.of(), Path.of("/")),
            ChangePolicy.strict(List.of(Path.of("/site/a"))),
            LIMITS);

    private DrivenGroup group = new DrivenGroup(CLASS, new ProcessBudget(10));

    private static long at(double second) {
        return (long) (second * TimeUnit.SECONDS.toNanos(1));
    }

    private static Waiter waiter(boolean first, double since) {
        return new Waiter(
                new LeaseRecorder(),
                new AcquireOptions("loop", first, at(since)),
                LIMITS.queueTimeout().toNanos());
    }

    /** Returns the only worker, which serves a request. */
    private Worker busyWorker() {
        List<PoolAction> actions = group.acquire(waiter(false, 0), 0);
        Worker worker = ((PoolAction.Start) actions.get(0)).worker();
        assertThat(group.mayStart(worker, watched())).isTrue();
        assertThat(group.started(worker, 0)).anyMatch(PoolAction.Grant.class::isInstance);
        return worker;
    }

    private static boolean isVerification(PoolAction action) {
        return action instanceof PoolAction.CheckFiles check && check.task() instanceof FreshnessDecision.VerifyWorker;
    }

    private FilesBeforeStart watched() {
        return new FilesBeforeStart(group.files().generation(), group.files().changeCount(), List.of());
    }

    private List<PoolAction> changed(Path file, long nowNanos) {
        return group.filesReported(files -> files.changed(file, nowNanos), nowNanos);
    }

    private List<PoolAction> beingWritten(Path file, long nowNanos) {
        return group.filesReported(files -> files.beingWritten(file), nowNanos);
    }

    private List<PoolAction> loadedFileChanged(Path file, List<Worker> loadedBy, long nowNanos) {
        return group.filesReported(files -> files.loadedFileChanged(file, loadedBy, nowNanos), nowNanos);
    }

    private List<PoolAction> reported(Worker worker, long nowNanos) {
        return group.filesReported(files -> files.reported(worker), nowNanos);
    }

    private List<PoolAction> verified(Worker worker, VerificationResult result, long nowNanos) {
        return group.filesReported(files -> files.verified(worker, result, nowNanos), nowNanos);
    }

    private static List<Waiter> refused(List<PoolAction> actions) {
        return actions.stream()
                .filter(PoolAction.Refuse.class::isInstance)
                .map(action -> ((PoolAction.Refuse) action).waiter())
                .toList();
    }

    private static List<String> logged(List<PoolAction> actions, Level level) {
        EventLog eventLog = new EventLog();
        try (LogCapture log = LogCapture.of(EventLog.LOGGER)) {
            actions.stream()
                    .filter(PoolAction.Report.class::isInstance)
                    .forEach(action -> eventLog.onEvent(((PoolAction.Report) action).event()));
            return log.lines(level);
        }
    }

    @Test
    void requestThatWaitsTooLongIsRefusedAtItsDeadline() {
        busyWorker();
        Waiter waiter = waiter(false, 1);
        group.acquire(waiter, at(1));

        assertThat(group.nextSweepNanos(at(1))).isEqualTo(at(6));
        assertThat(group.sweep(at(5.999))).isEmpty();
        assertThat(group.sweep(at(6))).singleElement().isInstanceOfSatisfying(PoolAction.Refuse.class, refuse -> {
            assertThat(refuse.waiter()).isSameAs(waiter);
            assertThat(refuse.why())
                    .isInstanceOf(PoolExhaustedException.class)
                    .hasMessageContaining("no worker became free within 5 s (FcgidQueueTimeout)");
        });
    }

    @Test
    void refusalOfARequestThatWaitedForAFileNamesIt() {
        beingWritten(LIBRARY, at(0));
        group.acquire(waiter(false, 1), at(1));

        assertThat(group.sweep(at(6)))
                .singleElement()
                .isInstanceOfSatisfying(PoolAction.Refuse.class, refuse -> assertThat(refuse.why())
                        .isInstanceOf(PoolExhaustedException.class)
                        .hasMessageContaining("no process was started within 5 s")
                        .hasMessageContaining(LIBRARY + " is being written"));
    }

    @Test
    void refusalOfARequestThatWaitedForAWorkerNamesNoFile() {
        busyWorker();
        group.acquire(waiter(false, 1), at(1));
        beingWritten(LIBRARY, at(5));

        assertThat(group.sweep(at(6)))
                .singleElement()
                .isInstanceOfSatisfying(PoolAction.Refuse.class, refuse -> assertThat(refuse.why())
                        .hasMessageContaining("no worker became free within 5 s"));
    }

    @Test
    void requestThatAsksAgainKeepsItsDeadlineAndHidesNoOther() {
        busyWorker();
        Waiter ordinary = waiter(false, 1);
        Waiter again = waiter(true, 0.5);
        group.acquire(ordinary, at(1));
        group.acquire(again, at(4));

        assertThat(group.nextSweepNanos(at(4))).isEqualTo(at(5.5));
        assertThat(refused(group.sweep(at(5.5)))).containsExactly(again);
        Waiter late = waiter(true, 5);
        group.acquire(late, at(5.7)); // before the ordinary one, with a later deadline
        assertThat(group.nextSweepNanos(at(5.7))).isEqualTo(at(6));
        assertThat(refused(group.sweep(at(6)))).containsExactly(ordinary);
        assertThat(refused(group.sweep(at(10)))).containsExactly(late);
    }

    @Test
    void processThatEndsBeforeItAcceptsIsOneWarningInEitherOrder() {
        Worker endsFirst = busyWorker();
        assertThat(logged(group.exited(endsFirst, ExitStatus.exited(3), at(1)), Level.WARN))
                .isEmpty();
        assertThat(logged(group.released(endsFirst, Outcome.UNREAD, at(1)), Level.WARN))
                .singleElement()
                .asString()
                .contains("exit code 3 before it accepted a request", "by hand");
        assertThat(group.spawnPolicy().probing()).isTrue();
    }

    @Test
    void failedStartCountsAlsoWhenTheRequestIsBackBeforeTheEndIsKnown() {
        Worker worker = busyWorker();
        assertThat(logged(group.released(worker, Outcome.UNREAD, at(1)), Level.WARN))
                .isEmpty();
        assertThat(worker.retireReason()).contains(RetireReason.UNREACHABLE);

        assertThat(logged(group.exited(worker, ExitStatus.exited(3), at(1)), Level.WARN))
                .singleElement()
                .asString()
                .contains("exit code 3 before it accepted a request", "by hand");
        assertThat(group.spawnPolicy().probing()).isTrue();
    }

    @Test
    void workerThatHasServedAndExitsBetweenTwoRequestsIsNoError() {
        Worker worker = busyWorker();
        worker.prove();

        assertThat(logged(group.exited(worker, ExitStatus.exited(0), at(1)), Level.WARN))
                .isEmpty();
        assertThat(logged(group.released(worker, Outcome.UNREAD, at(1)), Level.WARN))
                .isEmpty();
        assertThat(group.spawnPolicy().probing()).isFalse();
    }

    @Test
    void workerThatDiesInItsRequestIsOneWarning() {
        Worker worker = busyWorker();

        assertThat(logged(group.exited(worker, ExitStatus.killed(11), at(1)), Level.WARN))
                .isEmpty();
        assertThat(logged(group.released(worker, Outcome.FAILED, at(1)), Level.WARN))
                .singleElement()
                .asString()
                .contains("ended by itself with signal 11");
    }

    private static final Path LIBRARY = Path.of("/lib/a");

    private void atMostTwo() {
        ProcessClass two = new ProcessClass(
                "/a",
                CLASS.command(),
                CLASS.policy(),
                LIMITS.toBuilder().maxProcesses(2).build());
        group = new DrivenGroup(two, new ProcessBudget(10));
    }

    /** The only worker, resting; it has answered a request. */
    private Worker idleWorker() {
        Worker worker = busyWorker();
        worker.prove();
        List<PoolAction> actions = group.released(worker, Outcome.COMPLETED, 0);
        if (actions.stream().anyMatch(WorkerGroupTest::isVerification)) {
            verified(worker, VerificationResult.UNCHANGED, 0);
        }
        assertThat(worker.state()).isEqualTo(WorkerState.IDLE);
        return worker;
    }

    private static VerificationResult away(double until) {
        return new VerificationResult(Optional.empty(), List.of(new MissingFile(LIBRARY, at(until))));
    }

    private static List<Worker> started(List<PoolAction> actions) {
        return actions.stream()
                .filter(PoolAction.Start.class::isInstance)
                .map(action -> ((PoolAction.Start) action).worker())
                .toList();
    }

    @Test
    void whileALoadedFileIsMissingOldWorkersServeAndNoneStarts() {
        atMostTwo();
        Worker old = idleWorker();
        assertThat(loadedFileChanged(LIBRARY, List.of(old), at(1)))
                .singleElement()
                .matches(WorkerGroupTest::isVerification);
        List<PoolAction> actions = new ArrayList<>(group.acquire(waiter(false, 1), at(1)));
        assertThat(actions).noneMatch(PoolAction.Grant.class::isInstance);

        actions.addAll(verified(old, away(2), at(1.1)));
        assertThat(actions).anyMatch(PoolAction.Grant.class::isInstance);
        assertThat(started(group.acquire(waiter(false, 1.2), at(1.2)))).isEmpty();

        assertThat(started(loadedFileChanged(LIBRARY, List.of(old), at(1.5))))
                .as("it is back")
                .hasSize(1);
    }

    /** The file was missing during the verification, and its return was reported afterwards. */
    @Test
    void fileThatARetiringWorkerMissedIsNotMissing() {
        Worker old = idleWorker();
        loadedFileChanged(LIBRARY, List.of(old), at(1));
        changed(Path.of("/app.fcgi"), at(1.1));
        assertThat(old.state()).isEqualTo(WorkerState.RETIRING);
        loadedFileChanged(LIBRARY, List.of(old), at(1.2));

        verified(old, away(2), at(1.3));

        assertThat(group.files().filesAreWhole()).isTrue();
        group.exited(old, ExitStatus.exited(0), at(1.4));
        assertThat(started(group.acquire(waiter(false, 1.5), at(1.5)))).hasSize(1);
    }

    @Test
    void fileMissingForTooLongIsRemovedAndItsWorkersAreVerified() {
        Worker old = idleWorker();
        loadedFileChanged(LIBRARY, List.of(old), at(1));
        verified(old, away(2), at(1.1));

        assertThat(group.nextSweepNanos(at(1.1))).isEqualTo(at(2));
        assertThat(group.sweep(at(1.9))).isEmpty();
        assertThat(group.sweep(at(2)))
                .singleElement()
                .isInstanceOfSatisfying(PoolAction.CheckFiles.class, check -> assertThat(check.task())
                        .isEqualTo(new FreshnessDecision.VerifyWorker(old, false)));
        assertThat(group.files().isSuspect(old)).isTrue();
    }

    @Test
    void unprovenWorkerRetiresWhenAFileIsMissing() {
        atMostTwo();
        Worker old = idleWorker();
        group.acquire(waiter(false, 1), at(1));
        Worker young = started(group.acquire(waiter(false, 1), at(1))).get(0);
        assertThat(group.mayStart(young, watched())).isTrue();
        group.started(young, at(1));
        loadedFileChanged(LIBRARY, List.of(old), at(1));

        verified(old, away(2), at(1.1));

        assertThat(old.retireReason()).isEmpty();
        assertThat(young.retireReason()).contains(RetireReason.SCRIPT_CHANGED);
        assertThat(group.files().mayHaveReadPartialFile(young, true))
                .as("its failure is no error")
                .isTrue();
    }

    @Test
    void failureIsSuspectIfFilesWereNotWatchedAtTheirPresentPlace() {
        Worker worker = idleWorker();
        loadedFileChanged(LIBRARY, List.of(), at(1));
        group.acquire(waiter(false, 2), at(2));
        assertThat(group.files().mayHaveReadPartialFile(worker, true)).isFalse();

        group.filesReported(FreshnessEvents::watchedAgain, at(2));

        assertThat(group.files().mayHaveReadPartialFile(worker, true)).isTrue();
    }

    @Test
    void answerIsSuspectIfAFileWasReportedWhileItsWorkerLoadedOrFailed() {
        Worker worker = idleWorker();
        reported(worker, 0);
        verified(worker, VerificationResult.UNCHANGED, 0);
        group.acquire(waiter(false, 1), at(1));
        assertThat(group.files().mayHaveReadPartialFile(worker, true))
                .as("nothing was reported")
                .isFalse();

        loadedFileChanged(LIBRARY, List.of(), at(1.1));

        assertThat(group.files().mayHaveReadPartialFile(worker, true))
                .as("it has failed")
                .isTrue();
        assertThat(group.files().mayHaveReadPartialFile(worker, false))
                .as("it has loaded nothing")
                .isFalse();
        reported(worker, at(1.2));
        assertThat(group.files().mayHaveReadPartialFile(worker, false)).isTrue();

        verified(worker, VerificationResult.UNCHANGED, at(1.3));
        group.released(worker, Outcome.COMPLETED, at(1.3));
        verified(worker, VerificationResult.UNCHANGED, at(1.3));
        beingWritten(LIBRARY, at(2));
        group.acquire(waiter(false, 2), at(2));
        assertThat(group.files().mayHaveReadPartialFile(worker, false))
                .as("nothing loaded now")
                .isFalse();
        reported(worker, at(2.1));
        assertThat(group.files().mayHaveReadPartialFile(worker, false))
                .as("it isn't whole")
                .isTrue();
    }

    @Test
    void noProcessStartsWhileAFileIsMissingAndOneStartsWhenItReturns() {
        Worker first = started(group.acquire(waiter(false, 0), 0)).get(0);
        List<MissingFile> away = List.of(new MissingFile(LIBRARY, at(1)));

        assertThat(group.mayStart(
                        first,
                        new FilesBeforeStart(
                                group.files().generation(), group.files().changeCount(), away)))
                .isFalse();
        assertThat(started(group.notStarted(first, 0))).isEmpty();
        Worker second = started(loadedFileChanged(LIBRARY, List.of(), at(0.5))).get(0);

        int changeCount = group.files().changeCount();
        loadedFileChanged(LIBRARY, List.of(), at(0.6)); // its return, reported after it was found missing
        assertThat(group.mayStart(second, new FilesBeforeStart(group.files().generation(), changeCount, away)))
                .isFalse();
        assertThat(started(group.notStarted(second, at(0.6)))).as("tried again").hasSize(1);
    }

    @Test
    void noProcessIsStartedWhenFilesHaveChangedSinceTheyWereWatched() {
        Worker worker = started(group.acquire(waiter(false, 0), 0)).get(0);
        FilesBeforeStart watched = watched();
        changed(LIBRARY, 0); // one that was created meanwhile, say

        assertThat(group.mayStart(worker, watched)).isFalse();
        assertThat(started(group.notStarted(worker, 0)))
                .as("tried again at once")
                .singleElement()
                .satisfies(next -> assertThat(group.mayStart(next, watched())).isTrue());
    }
}
