/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.PoolExhaustedException;
import dev.fcgid4j.process.ExitStatus;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.watch.ChangePolicy;
import dev.fcgid4j.worker.ProcessClass;
import dev.fcgid4j.worker.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** A group of at most one process, whose requests wait for five seconds; events and clock by hand. */
class WorkerGroupTest {

    private static final PoolSettings SETTINGS = PoolSettings.defaults().toBuilder()
            .maxProcessesPerClass(1)
            .queueTimeout(Duration.ofSeconds(5))
            .build();
    private static final ProcessClass CLASS = new ProcessClass(
            "/a",
            new ProcessCommand(List.of("/site/a"), Map.of(), Path.of("/")),
            ChangePolicy.strict(List.of(Path.of("/site/a"))));

    private final WorkerGroup group = new WorkerGroup(CLASS, SETTINGS, new ProcessBudget(10), 0);

    private static long at(double second) {
        return (long) (second * TimeUnit.SECONDS.toNanos(1));
    }

    private static Waiter waiter(boolean first, double since) {
        return new Waiter(
                new LeaseListener() {
                    @Override
                    public void granted(Lease lease) {
                        throw new AssertionError("the actions tell");
                    }

                    @Override
                    public void refused(FcgiException why) {
                        throw new AssertionError("the actions tell");
                    }
                },
                new AcquireOptions("loop", first, at(since)),
                SETTINGS.queueTimeout().toNanos());
    }

    /** The only worker, serving somebody. */
    private Worker busyWorker() {
        List<PoolAction> actions = group.acquire(waiter(false, 0), 0);
        Worker worker = ((PoolAction.Spawn) actions.get(0)).worker();
        assertThat(group.launching(worker)).isTrue();
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
}
