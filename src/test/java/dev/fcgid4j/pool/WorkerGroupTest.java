/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.PoolExhaustedException;
import dev.fcgid4j.freshness.LoadedFileTracker;
import dev.fcgid4j.freshness.MissingFile;
import dev.fcgid4j.process.ExitStatus;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.LeaseRecorder;
import dev.fcgid4j.worker.RetireReason;
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
import org.slf4j.event.Level;

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

    private WorkerGroup group = new WorkerGroup(CLASS, PoolSettings.defaults(), new ProcessBudget(10), 0);

    private static long at(double second) {
        return (long) (second * TimeUnit.SECONDS.toNanos(1));
    }

    private static Waiter waiter(boolean first, double since) {
        return new Waiter(
                new LeaseRecorder(),
                new AcquireOptions("loop", first, at(since)),
                LIMITS.queueTimeout().toNanos());
    }

    /** The only worker, serving somebody. */
    private Worker busyWorker() {
        List<PoolAction> actions = group.acquire(waiter(false, 0), 0);
        Worker worker = ((PoolAction.Spawn) actions.get(0)).worker();
        assertThat(group.launching(worker, group.generation(), List.of(), group.touches()))
                .isTrue();
        assertThat(group.launched(worker, 0)).anyMatch(PoolAction.Grant.class::isInstance);
        return worker;
    }

    private static List<Waiter> refused(List<PoolAction> actions) {
        return actions.stream()
                .filter(PoolAction.Refuse.class::isInstance)
                .map(action -> ((PoolAction.Refuse) action).waiter())
                .toList();
    }

    private static List<String> told(List<PoolAction> actions, Level level) {
        return actions.stream()
                .filter(action -> action instanceof PoolAction.Tell tell && tell.level() == level)
                .map(action -> ((PoolAction.Tell) action).text())
                .toList();
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
    void requestThatWaitedForAFileIsToldWhichOne() {
        group.fileBeingWritten(LIBRARY, at(0));
        group.acquire(waiter(false, 1), at(1));

        assertThat(group.sweep(at(6)))
                .singleElement()
                .isInstanceOfSatisfying(PoolAction.Refuse.class, refuse -> assertThat(refuse.why())
                        .isInstanceOf(PoolExhaustedException.class)
                        .hasMessageContaining("no process was started within 5 s")
                        .hasMessageContaining(LIBRARY + " is being written"));
    }

    @Test
    void requestThatWaitedForAWorkerIsNotToldOfAFile() {
        busyWorker();
        group.acquire(waiter(false, 1), at(1));
        group.fileBeingWritten(LIBRARY, at(5));

        assertThat(group.sweep(at(6)))
                .singleElement()
                .isInstanceOfSatisfying(PoolAction.Refuse.class, refuse -> assertThat(refuse.why())
                        .hasMessageContaining("no worker became free within 5 s"));
    }

    @Test
    void requestThatAsksAgainKeepsItsDeadlineAndHidesNobodyBehindIt() {
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
    void processThatEndsBeforeItAcceptsIsOneWarningWhoeverTellsFirst() {
        Worker endsFirst = busyWorker();
        assertThat(told(group.exited(endsFirst, ExitStatus.exited(3), at(1)), Level.WARN))
                .isEmpty();
        assertThat(told(group.released(endsFirst, Outcome.UNREAD, at(1)), Level.WARN))
                .singleElement()
                .asString()
                .contains("exit code 3 before it accepted a request", "by hand");
        assertThat(group.policy().probing()).isTrue();
    }

    @Test
    void failedStartCountsAlsoWhenTheRequestIsBackBeforeTheEndIsKnown() {
        Worker worker = busyWorker();
        assertThat(told(group.released(worker, Outcome.UNREAD, at(1)), Level.WARN))
                .isEmpty();
        assertThat(worker.retireReason()).contains(RetireReason.UNREACHABLE);

        assertThat(told(group.exited(worker, ExitStatus.exited(3), at(1)), Level.WARN))
                .singleElement()
                .asString()
                .contains("exit code 3 before it accepted a request", "by hand");
        assertThat(group.policy().probing()).isTrue();
    }

    @Test
    void workerThatHasServedAndExitsBetweenTwoRequestsIsNobodysError() {
        Worker worker = busyWorker();
        worker.prove();

        assertThat(told(group.exited(worker, ExitStatus.exited(0), at(1)), Level.WARN))
                .isEmpty();
        assertThat(told(group.released(worker, Outcome.UNREAD, at(1)), Level.WARN))
                .isEmpty();
        assertThat(group.policy().probing()).isFalse();
    }

    @Test
    void workerThatDiesInItsRequestIsOneWarning() {
        Worker worker = busyWorker();

        assertThat(told(group.exited(worker, ExitStatus.killed(11), at(1)), Level.WARN))
                .isEmpty();
        assertThat(told(group.released(worker, Outcome.FAILED, at(1)), Level.WARN))
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
        group = new WorkerGroup(two, PoolSettings.defaults(), new ProcessBudget(10), 0);
    }

    /** The only worker, resting; it has answered a request. */
    private Worker idleWorker() {
        Worker worker = busyWorker();
        worker.prove();
        List<PoolAction> actions = group.released(worker, Outcome.COMPLETED, 0);
        if (actions.stream().anyMatch(PoolAction.LookAtLoads.class::isInstance)) {
            group.lookedAtLoads(worker, LoadedFileTracker.Findings.NONE, 0);
        }
        assertThat(worker.state()).isEqualTo(WorkerState.IDLE);
        return worker;
    }

    private static LoadedFileTracker.Findings away(double until) {
        return new LoadedFileTracker.Findings(Optional.empty(), List.of(new MissingFile(LIBRARY, at(until))));
    }

    private static List<Worker> spawned(List<PoolAction> actions) {
        return actions.stream()
                .filter(PoolAction.Spawn.class::isInstance)
                .map(action -> ((PoolAction.Spawn) action).worker())
                .toList();
    }

    @Test
    void whileALoadedFileIsAwayTheOldServeAndNoneIsStarted() {
        atMostTwo();
        Worker old = idleWorker();
        assertThat(group.loadedFileTouched(LIBRARY, List.of(old), at(1)))
                .singleElement()
                .isInstanceOf(PoolAction.LookAtLoads.class);
        List<PoolAction> actions = new ArrayList<>(group.acquire(waiter(false, 1), at(1)));
        assertThat(actions).noneMatch(PoolAction.Grant.class::isInstance);

        actions.addAll(group.lookedAtLoads(old, away(2), at(1.1)));
        assertThat(actions).anyMatch(PoolAction.Grant.class::isInstance);
        assertThat(spawned(group.acquire(waiter(false, 1.2), at(1.2)))).isEmpty();

        assertThat(spawned(group.loadedFileTouched(LIBRARY, List.of(old), at(1.5))))
                .as("it is back")
                .hasSize(1);
    }

    /** While it was looked at, it was away; then that it is back was told of. */
    @Test
    void aFileIsNotAwayBecauseAWorkerThatGoesHasMissedIt() {
        Worker old = idleWorker();
        group.loadedFileTouched(LIBRARY, List.of(old), at(1));
        group.filesChanged(Path.of("/app.fcgi"), at(1.1));
        assertThat(old.state()).isEqualTo(WorkerState.RETIRING);
        group.loadedFileTouched(LIBRARY, List.of(old), at(1.2));

        group.lookedAtLoads(old, away(2), at(1.3));

        assertThat(group.filesAreWhole()).isTrue();
        group.exited(old, ExitStatus.exited(0), at(1.4));
        assertThat(spawned(group.acquire(waiter(false, 1.5), at(1.5)))).hasSize(1);
    }

    @Test
    void aFileThatHasBeenAwayForTooLongIsRemovedAndWhoHasLoadedItIsLookedAt() {
        Worker old = idleWorker();
        group.loadedFileTouched(LIBRARY, List.of(old), at(1));
        group.lookedAtLoads(old, away(2), at(1.1));

        assertThat(group.nextSweepNanos(at(1.1))).isEqualTo(at(2));
        assertThat(group.sweep(at(1.9))).isEmpty();
        assertThat(group.sweep(at(2)))
                .singleElement()
                .isInstanceOfSatisfying(PoolAction.LookAtLoads.class, look -> assertThat(look.worker())
                        .isSameAs(old));
        assertThat(old.doubted()).isTrue();
    }

    @Test
    void aWorkerThatHasNotAnsweredYetGoesWhenAFileIsAway() {
        atMostTwo();
        Worker old = idleWorker();
        group.acquire(waiter(false, 1), at(1));
        Worker young = spawned(group.acquire(waiter(false, 1), at(1))).get(0);
        assertThat(group.launching(young, group.generation(), List.of(), group.touches()))
                .isTrue();
        group.launched(young, at(1));
        group.loadedFileTouched(LIBRARY, List.of(old), at(1));

        group.lookedAtLoads(old, away(2), at(1.1));

        assertThat(old.retireReason()).isEmpty();
        assertThat(young.retireReason()).contains(RetireReason.SCRIPT_CHANGED);
        assertThat(group.mayHaveReadHalf(young, true))
                .as("its failure is nobody's error")
                .isTrue();
    }

    @Test
    void aFailureIsDoubtfulWhenFilesWereNotWatchedWhereTheyLieNowAsItsRequestBegan() {
        Worker worker = idleWorker();
        group.loadedFileTouched(LIBRARY, List.of(), at(1));
        group.acquire(waiter(false, 2), at(2));
        assertThat(group.mayHaveReadHalf(worker, true)).isFalse();

        group.watchedAnew();

        assertThat(group.mayHaveReadHalf(worker, true)).isTrue();
    }

    @Test
    void anAnswerIsDoubtfulWhenAFileWasToldOfWhileItsWorkerLoadedOrFailed() {
        Worker worker = idleWorker();
        group.hasLoaded(worker, 0);
        group.lookedAtLoads(worker, LoadedFileTracker.Findings.NONE, 0);
        group.acquire(waiter(false, 1), at(1));
        assertThat(group.mayHaveReadHalf(worker, true)).as("nothing was told").isFalse();

        group.loadedFileTouched(LIBRARY, List.of(), at(1.1));

        assertThat(group.mayHaveReadHalf(worker, true)).as("it has failed").isTrue();
        assertThat(group.mayHaveReadHalf(worker, false))
                .as("it has loaded nothing")
                .isFalse();
        group.hasLoaded(worker, at(1.2));
        assertThat(group.mayHaveReadHalf(worker, false)).isTrue();

        group.lookedAtLoads(worker, LoadedFileTracker.Findings.NONE, at(1.3));
        group.released(worker, Outcome.COMPLETED, at(1.3));
        group.lookedAtLoads(worker, LoadedFileTracker.Findings.NONE, at(1.3));
        group.fileBeingWritten(LIBRARY, at(2));
        group.acquire(waiter(false, 2), at(2));
        assertThat(group.mayHaveReadHalf(worker, false))
                .as("nothing loaded now")
                .isFalse();
        group.hasLoaded(worker, at(2.1));
        assertThat(group.mayHaveReadHalf(worker, false)).as("it isn't whole").isTrue();
    }

    @Test
    void noProcessIsStartedWhileAFileIsAwayAndOneIsAsSoonAsItIsBack() {
        Worker first = spawned(group.acquire(waiter(false, 0), 0)).get(0);
        List<MissingFile> away = List.of(new MissingFile(LIBRARY, at(1)));

        assertThat(group.launching(first, group.generation(), away, group.touches()))
                .isFalse();
        assertThat(spawned(group.notLaunched(first, 0))).isEmpty();
        Worker second =
                spawned(group.loadedFileTouched(LIBRARY, List.of(), at(0.5))).get(0);

        int touches = group.touches();
        group.loadedFileTouched(LIBRARY, List.of(), at(0.6)); // back, told of after it was found away
        assertThat(group.launching(second, group.generation(), away, touches)).isFalse();
        assertThat(spawned(group.notLaunched(second, at(0.6))))
                .as("tried again")
                .hasSize(1);
    }

    @Test
    void noProcessIsStartedWhenFilesHaveChangedSinceTheyWereWatched() {
        Worker worker = spawned(group.acquire(waiter(false, 0), 0)).get(0);
        int armedFor = group.generation();
        group.filesChanged(LIBRARY, 0); // one that was created meanwhile, say

        assertThat(group.launching(worker, armedFor, List.of(), group.touches()))
                .isFalse();
        assertThat(spawned(group.notLaunched(worker, 0)))
                .as("tried again at once")
                .singleElement()
                .satisfies(next -> assertThat(group.launching(next, group.generation(), List.of(), group.touches()))
                        .isTrue());
    }
}
