/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.freshness.ClassFreshness;
import dev.fcgid4j.freshness.FreshnessDecision;
import dev.fcgid4j.freshness.FreshnessEvents;
import dev.fcgid4j.freshness.FreshnessExecutor;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.LeaseRecorder;
import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The starter with a group that decides, but whose actions nothing performs. */
class WorkerStarterTest {

    private final PoolHost host = new PoolHost();
    private final ProcessBudget budget = new ProcessBudget(5);
    private final ProcessClass processClass = PoolHost.processClass("/a", ClassLimits.defaults());
    private final PoolServices services = host.services();
    private final Deciding group = new Deciding();
    private final WorkerStarter starter =
            new WorkerStarter(processClass, services, services.monitors().create(processClass, group), group);

    /** A worker that the group wants to be started. */
    private Worker wanted() {
        List<PoolAction> actions = group.group.acquire(host.waiter(new LeaseRecorder()), host.clock.nowNanos());
        return ((PoolAction.Start) actions.get(0)).worker();
    }

    private Worker started() {
        Worker worker = wanted();
        starter.start(worker);
        host.run();
        return worker;
    }

    private FakeProcess process() {
        return host.launcher.alive().get(0);
    }

    /** All reported events, in order: those that the group asks for, then those of the starter itself. */
    private Stream<FcgiEvent> events() {
        return Stream.concat(
                group.actions.stream()
                        .filter(PoolAction.Report.class::isInstance)
                        .map(action -> ((PoolAction.Report) action).event()),
                host.events.stream());
    }

    private <T extends FcgiEvent> T event(Class<T> kind) {
        List<T> found = events().filter(kind::isInstance).map(kind::cast).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void startReturnsBeforeTheProcessIsStarted() {
        starter.start(wanted());

        assertThat(host.launcher.launched()).isZero();
        assertThat(host.blocking).hasSize(1);
    }

    @Test
    void startedWorkerHasItsProcessAndIsReported() {
        Worker worker = started();

        assertThat(worker.pid()).isEqualTo(process().pid());
        assertThat(event(FcgiEvent.WorkerStarted.class))
                .isEqualTo(new FcgiEvent.WorkerStarted("/a", process().pid(), 0));
        assertThat(worker.state()).isEqualTo(WorkerState.BUSY);
    }

    @Test
    void filesAreWatchedBeforeTheProcessIsStarted() {
        List<Integer> watched = new ArrayList<>();
        host.launcher.beforeLaunch(command -> watched.add(host.watcher.watched().size()));

        started();

        assertThat(watched).singleElement().isEqualTo(1);
    }

    @Test
    void processIsNotStartedWhenAFileChangesWhileTheFilesAreLookedAt() {
        Worker worker = wanted();
        starter.start(worker);
        host.watcher.onDrain(host.script::change);
        host.blocking.remove().run();

        assertThat(host.launcher.launched()).isZero();
        assertThat(worker.state()).isEqualTo(WorkerState.DEAD);
        assertThat(events()).noneMatch(FcgiEvent.StartFailed.class::isInstance);
    }

    @Test
    void processThatCanNotBeLaunchedIsAFailedStart() {
        host.launcher.beforeLaunch(command -> {
            throw new WorkerStartException("no such file");
        });

        Worker worker = started();

        assertThat(event(FcgiEvent.StartFailed.class).message()).isEqualTo("no such file");
        assertThat(worker.state()).isEqualTo(WorkerState.DEAD);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void failureInTheLauncherIsReportedAndAFailedStart() {
        host.launcher.beforeLaunch(command -> {
            throw new StackOverflowError("deep");
        });

        started();

        assertThat(event(FcgiEvent.InternalFailure.class).cause()).isInstanceOf(StackOverflowError.class);
        assertThat(event(FcgiEvent.StartFailed.class).message()).contains("/a can't be started", "deep");
        assertThat(budget.taken()).isZero();
    }

    @Test
    void failedStartGivesThePermitBackAlthoughChangesCanNotBeLearned() {
        host.launcher.beforeLaunch(command -> {
            host.watcher.onDrain(() -> {
                throw new IllegalStateException("no descriptor is left");
            });
            throw new WorkerStartException("no such file");
        });

        started();

        assertThat(budget.taken()).isZero();
        assertThat(event(FcgiEvent.InternalFailure.class).cause()).hasMessage("no descriptor is left");
    }

    @Test
    void changeThatIsFoundAfterAFailedStartExplainsIt() {
        host.launcher.beforeLaunch(command -> {
            host.watcher.onDrain(host.script::beginToWrite);
            throw new WorkerStartException("syntax error");
        });

        started();

        assertThat(event(FcgiEvent.StartFailed.class).dueToChange()).isTrue();
    }

    @Test
    void startWithoutAThreadIsAFailedStart() {
        host.executor = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };

        Worker worker = started();

        assertThat(event(FcgiEvent.StartFailed.class).message()).contains("no thread to start", "native thread");
        assertThat(worker.state()).isEqualTo(WorkerState.DEAD);
    }

    @Test
    void processWhoseLoadedFilesCanNotBeWatchedIsKilledAndLivesOnUntilItsEnd() {
        host.loads = (process, directory) -> {
            throw new IllegalStateException("no report");
        };

        Worker worker = started();

        assertThat(process().isKilled()).isTrue();
        assertThat(worker.state()).isEqualTo(WorkerState.STARTING);
        assertThat(event(FcgiEvent.InternalFailure.class).activity()).contains("it is killed");
        process().end(ExitStatus.killed(9));
        assertThat(worker.state()).isEqualTo(WorkerState.DEAD);
        assertThat(event(FcgiEvent.StartFailed.class).message()).contains("signal 9");
    }

    @Test
    void endBeforeTheWorkerHasItsProcessIsReportedAfterTheStart() {
        host.launcher.afterLaunch((command, process) -> process.end(ExitStatus.exited(3)));

        Worker worker = started();

        assertThat(worker.state()).isEqualTo(WorkerState.DEAD);
        assertThat(worker.end().status()).contains(ExitStatus.exited(3));
        assertThat(event(FcgiEvent.WorkerStarted.class).pid()).isEqualTo(worker.pid());
        assertThat(event(FcgiEvent.WorkerExited.class).status()).isEqualTo(ExitStatus.exited(3));
    }

    @Test
    void endOfAProcessReachesTheGroupAndThenTheLease() {
        Worker worker = started();
        List<WorkerState> seen = new ArrayList<>();
        worker.end().notice().onExit(() -> seen.add(worker.state()));

        process().end(ExitStatus.exited(0));

        assertThat(seen).containsExactly(WorkerState.DEAD);
    }

    @Test
    void leaseLearnsOfTheEndAlthoughTheGroupFails() {
        Worker worker = started();
        List<String> seen = new ArrayList<>();
        worker.end().notice().onExit(() -> seen.add("exited"));
        group.failing = true;

        assertThatThrownBy(() -> process().end(ExitStatus.exited(0))).hasMessage("the group fails");

        assertThat(seen).containsExactly("exited");
    }

    @Test
    void endGivesThePermitBackAlthoughChangesCanNotBeLearned() {
        Worker worker = started();
        host.watcher.onDrain(() -> {
            throw new IllegalStateException("no descriptor is left");
        });

        process().end(ExitStatus.exited(0));

        assertThat(worker.state()).isEqualTo(WorkerState.DEAD);
        assertThat(budget.taken()).isZero();
    }

    /** Lets a group decide without a lock, and keeps its actions. */
    private final class Deciding implements LockedGroup, FreshnessExecutor {
        private final WorkerGroup group =
                new WorkerGroup(processClass, PoolSettings.defaults(), budget, host.clock.nowNanos());
        private final List<PoolAction> actions = new ArrayList<>();
        private boolean failing;

        @Override
        public <T> T askGroup(Function<WorkerGroup, T> question) {
            return question.apply(group);
        }

        @Override
        public void decide(GroupEvent event) {
            if (failing) {
                throw new IllegalStateException("the group fails");
            }
            actions.addAll(group.decide(event, host.clock.nowNanos()));
        }

        @Override
        public <T> T ask(Function<ClassFreshness, T> question) {
            return question.apply(group.files());
        }

        @Override
        public void decide(Function<FreshnessEvents, List<FreshnessDecision>> event) {
            decide((g, nowNanos, list) ->
                    g.freshnessApplier().apply(event.apply(g.files().events()), nowNanos, list));
        }

        @Override
        public void sweepAt(long nanos) {
            // the test sweeps
        }
    }
}
