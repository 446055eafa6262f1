/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.FilesBeforeStart;
import dev.fcgid4j.freshness.VerificationResult;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.LeaseRecorder;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A class that keeps two processes: idle timeout 10 s, lifetime 100 s; events and clock by hand. */
class MinimumProcessesTest {

    private static final Path SCRIPT = Path.of("/site/a");
    private static final ClassLimits TWO = ClassLimits.defaults().toBuilder()
            .minProcesses(2)
            .idleTimeout(Duration.ofSeconds(10))
            .lifeTime(Duration.ofSeconds(100))
            .build();

    private final ProcessBudget budget = new ProcessBudget(5);
    private DrivenGroup group = group(TWO);

    private DrivenGroup group(ClassLimits limits) {
        return new DrivenGroup(
                new ProcessClass(
                        "/a",
                        new ProcessCommand(List.of("/site/a"), Map.of(), Path.of("/")),
                        ChangePolicy.strict(List.of(SCRIPT)),
                        limits),
                budget);
    }

    private static long at(double second) {
        return (long) (second * TimeUnit.SECONDS.toNanos(1));
    }

    private List<PoolAction> ask(double second) {
        AcquireOptions options = new AcquireOptions("loop", false, at(second));
        return group.acquire(new Waiter(new LeaseRecorder(), options, at(30)), at(second));
    }

    private static List<Worker> starts(List<PoolAction> actions) {
        return actions.stream()
                .filter(PoolAction.Start.class::isInstance)
                .map(action -> ((PoolAction.Start) action).worker())
                .toList();
    }

    private static Worker granted(List<PoolAction> actions) {
        return actions.stream()
                .filter(PoolAction.Grant.class::isInstance)
                .map(action -> ((PoolAction.Grant) action).worker())
                .findFirst()
                .orElseThrow();
    }

    private boolean mayStart(Worker worker) {
        return group.mayStart(
                worker,
                new FilesBeforeStart(group.files().generation(), group.files().changeCount(), List.of()));
    }

    /** The process of each worker is there. */
    private List<PoolAction> launch(List<Worker> starting, double second) {
        List<PoolAction> actions = new ArrayList<>();
        for (Worker worker : starting) {
            assertThat(mayStart(worker)).isTrue();
            worker.attach(FakeProcess.reporting());
            actions.addAll(group.started(worker, at(second)));
        }
        return actions;
    }

    private List<PoolAction> serve(Worker worker, double second) {
        worker.prove();
        List<PoolAction> actions = new ArrayList<>(group.released(worker, Outcome.COMPLETED, at(second)));
        if (worker.state() == WorkerState.VERIFYING) {
            actions.addAll(group.filesReported(
                    files -> files.verified(worker, VerificationResult.UNCHANGED, at(second)), at(second)));
        }
        return actions;
    }

    /** So many requests at once are served by as many workers; returns what follows. */
    private List<PoolAction> serveTogether(int requests, double second) {
        List<Worker> starting = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            starting.addAll(starts(ask(second)));
        }
        launch(starting, second);
        List<PoolAction> actions = new ArrayList<>();
        starting.forEach(worker -> actions.addAll(serve(worker, second)));
        return actions;
    }

    private List<Worker> in(WorkerState state) {
        return group.group().workers().living().stream()
                .filter(worker -> worker.state() == state)
                .toList();
    }

    private List<PoolAction> exit(Worker worker, double second) {
        return group.exited(worker, ExitStatus.exited(0), at(second));
    }

    @Test
    void idleTimeoutLeavesTheMinimum() {
        serveTogether(4, 0);

        group.sweep(at(11));

        assertThat(in(WorkerState.IDLE)).hasSize(2);
    }

    @Test
    void workersThatAreStoppingDoNotCountAsKept() {
        serveTogether(4, 0);
        group.sweep(at(11));

        group.sweep(at(12)); // the two of the first sweep have not ended yet

        assertThat(in(WorkerState.RETIRING)).hasSize(2);
        assertThat(in(WorkerState.IDLE)).hasSize(2);
    }

    @Test
    void busyWorkerThatIsToStopDoesNotCountAsKept() {
        serveTogether(3, 0);
        granted(ask(1)).retirement().set(RetireReason.RECYCLED);

        group.sweep(at(11));

        assertThat(in(WorkerState.IDLE)).hasSize(2);
    }

    @Test
    void classIsFilledUpAfterItsFirstRequestAndNoSooner() {
        List<Worker> first = starts(ask(0));
        List<PoolAction> before = launch(first, 0);

        List<PoolAction> after = serve(first.get(0), 1);

        assertThat(first).hasSize(1);
        assertThat(starts(before)).isEmpty();
        assertThat(starts(after)).hasSize(1);
    }

    @Test
    void classIsFilledUpAgainWhenAWorkerIsLost() {
        serveTogether(2, 0);

        List<PoolAction> after = exit(in(WorkerState.IDLE).get(0), 1);

        assertThat(starts(after)).hasSize(1);
    }

    @Test
    void oldWorkerStopsWhenItsSuccessorIsReady() {
        serveTogether(2, 0);

        List<Worker> successors = starts(group.sweep(at(100)));
        assertThat(in(WorkerState.IDLE)).hasSize(2);
        launch(successors, 101);

        assertThat(successors).hasSize(2);
        assertThat(in(WorkerState.IDLE)).containsExactlyInAnyOrderElementsOf(successors);
        assertThat(in(WorkerState.RETIRING)).allMatch(worker -> worker.retireReason()
                .filter(RetireReason.LIFETIME::equals)
                .isPresent());
    }

    @Test
    void oldWorkerServesOnUntilItsSuccessorIsReady() {
        serveTogether(2, 0);
        Worker busy = granted(ask(99));
        List<Worker> successors = starts(group.sweep(at(100)));

        serve(busy, 101);

        assertThat(busy.state()).isEqualTo(WorkerState.IDLE);
        launch(successors, 102);
        assertThat(busy.state()).isEqualTo(WorkerState.RETIRING);
    }

    @Test
    void sweepComesForTheLifetimeOfAKeptWorker() {
        serveTogether(2, 0);

        assertThat(group.nextSweepNanos(at(50))).isEqualTo(at(100));
    }

    @Test
    void whereTheMinimumIsTheMaximumOneStopsBeforeItsSuccessorStarts() {
        group = group(TWO.toBuilder().maxProcesses(2).build());
        serveTogether(2, 0);

        assertThat(starts(group.sweep(at(100)))).isEmpty();

        assertThat(in(WorkerState.RETIRING)).hasSize(1);
        List<Worker> successors = starts(exit(in(WorkerState.RETIRING).get(0), 101));
        assertThat(in(WorkerState.IDLE)).hasSize(1);
        launch(successors, 102);
        assertThat(in(WorkerState.IDLE)).isEqualTo(successors);
    }

    @Test
    void successorIsStartedDuringTheLastRequestOfAWorker() {
        group = group(TWO.toBuilder().maxRequestsPerProcess(2).build());
        serveTogether(2, 0);

        granted(ask(1));
        List<PoolAction> duringTheLast = group.sweep(at(2));

        assertThat(starts(duringTheLast)).hasSize(1);
    }

    @Test
    void nothingIsFilledUpAfterAFailedStart() {
        List<Worker> filling = starts(serveTogether(1, 0));
        mayStart(filling.get(0));

        List<PoolAction> after = group.startFailed(filling.get(0), new WorkerStartException("no"), at(1));

        assertThat(starts(after)).isEmpty();
        assertThat(starts(group.sweep(at(60)))).isEmpty();
    }

    @Test
    void processThatIsLostBeforeItAnsweredIsReplacedAfterTheNextRequest() {
        Worker unused = starts(serveTogether(1, 0)).get(0);
        launch(List.of(unused), 0);

        assertThat(starts(group.filesReported(files -> files.changed(SCRIPT, at(1)), at(1))))
                .isEmpty();
        assertThat(starts(exit(unused, 2))).isEmpty();

        assertThat(starts(serveTogether(1, 3))).hasSize(1);
    }

    @Test
    void classWhoseConfigurationChangedIsNotFilledUp() {
        serveTogether(2, 0);

        group.group()
                .decide(
                        (g, now, actions) -> g.retirement().retireAll(RetireReason.APPLICATION_CHANGED, now, actions),
                        at(1));

        assertThat(starts(exit(in(WorkerState.RETIRING).get(0), 2))).isEmpty();
    }

    @Test
    void fillingUpTakesNoPermitThatAnotherClassWants() {
        List<Worker> first = starts(ask(0));
        launch(first, 0);
        budget.wanting(true);

        List<PoolAction> after = serve(first.get(0), 1);

        assertThat(starts(after)).isEmpty();
        assertThat(after).noneMatch(PoolAction.SharePermits.class::isInstance);
        assertThat(group.group().starts().fillsUpLater()).isTrue();
    }
}
