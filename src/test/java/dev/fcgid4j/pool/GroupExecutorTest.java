/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.LeaseRecorder;
import dev.fcgid4j.worker.WorkerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** One class of at most one process; a rolling one where a test says so. */
class GroupExecutorTest {

    private static final ClassLimits ONE =
            ClassLimits.defaults().toBuilder().maxProcesses(1).build();

    private final PoolHost host = new PoolHost();
    private final ProcessBudget budget = new ProcessBudget(5);
    private final PoolServices services = host.services();
    private final GroupExecutor group = group(PoolHost.processClass("/a", ONE));
    private final LeaseRecorder recorder = new LeaseRecorder();

    private GroupExecutor group(ProcessClass processClass) {
        return host.group(processClass, budget, services);
    }

    private Lease acquire(GroupExecutor from) throws InterruptedException {
        assertThat(from.acquire(host.waiter(recorder))).isTrue();
        host.run();
        return recorder.take();
    }

    private FakeProcess onlyProcess() {
        assertThat(host.launcher.alive()).hasSize(1);
        return host.launcher.alive().get(0);
    }

    /** A listener that fails when it is granted a worker or refused one. */
    private static LeaseListener failing(Throwable failure) {
        return new LeaseListener() {
            @Override
            public void granted(Lease lease) {
                fail(failure);
            }

            @Override
            public void refused(FcgiException why) {
                fail(failure);
            }
        };
    }

    private static void fail(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    private static void join(Thread thread) {
        try {
            thread.join(Duration.ofSeconds(30).toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- leases ---------------------------------------------------------------------------------------------------

    @Test
    void requestIsGrantedTheWorkerThatIsStartedForIt() throws Exception {
        Lease lease = acquire(group);

        assertThat(lease.worker().state()).isEqualTo(WorkerState.BUSY);
        assertThat(host.launcher.launched()).isOne();
    }

    @Test
    void releasedWorkerServesTheNextRequest() throws Exception {
        Lease lease = acquire(group);
        group.acquire(host.waiter(recorder));
        lease.proven();
        host.run();

        lease.release(Outcome.COMPLETED);
        host.run();

        assertThat(recorder.take().worker()).isSameAs(lease.worker());
    }

    @Test
    void listenerIsCalledWithoutTheLock() {
        List<WorkerState> seen = new ArrayList<>();
        LeaseListener asking = new LeaseListener() {
            @Override
            public void granted(Lease lease) {
                Thread thread = new Thread(
                        () -> seen.add(group.askGroup(g -> lease.worker().state())));
                thread.start();
                join(thread);
            }

            @Override
            public void refused(FcgiException why) {
                throw new AssertionError(why);
            }
        };
        group.acquire(host.waiter(asking));
        host.run();

        assertThat(seen).containsExactly(WorkerState.BUSY);
    }

    @Test
    void droppedGroupTakesNoRequest() {
        assertThat(group.dropIfUnusedSince(host.clock.nowNanos())).isFalse();
        assertThat(group.dropIfUnusedSince(host.clock.nowNanos() + 1)).isTrue();

        assertThat(group.acquire(host.waiter(recorder))).isFalse();
    }

    @Test
    void sweepDoesWhatIsDueAndSaysWhenToComeAgain() throws Exception {
        Lease lease = acquire(group);
        lease.proven();
        lease.release(Outcome.COMPLETED);
        host.run();
        host.clock.advance(ONE.idleTimeout().toNanos());

        long next = group.sweep(host.clock.nowNanos());

        assertThat(onlyProcess().isTerminated()).isTrue();
        assertThat(next).isEqualTo(host.clock.nowNanos() + PoolParts.GRACE.toNanos());
    }

    // ---- failing actions ------------------------------------------------------------------------------------------

    @Test
    void leaseOfAListenerThatFailsIsReleasedAndTheNextRequestIsServed() throws Exception {
        group.acquire(host.waiter(failing(new IllegalStateException("broken"))));
        group.acquire(host.waiter(recorder));
        host.run();

        FakeProcess unused = onlyProcess();
        assertThat(unused.isTerminated()).isTrue();
        unused.end(ExitStatus.exited(0));
        host.run();
        assertThat(recorder.take().worker().state()).isEqualTo(WorkerState.BUSY);
        assertThat(budget.taken()).isOne();
        assertThat(host.failures()).singleElement().asString().contains("can't perform Grant", "broken");
    }

    @Test
    void refusalThatFailsKeepsNoOtherRequestWaiting() {
        group.acquire(host.waiter(failing(new IllegalStateException("broken"))));
        group.acquire(host.waiter(recorder));

        group.decide((g, nowNanos, actions) -> g.retirement().close(nowNanos, actions));

        assertThat(recorder.refusals()).hasSize(1);
    }

    @Test
    void errorOfAnActionIsThrownAfterAllOtherActions() {
        StackOverflowError first = new StackOverflowError("first");
        group.acquire(host.waiter(failing(first)));
        group.acquire(host.waiter(failing(new StackOverflowError("second"))));
        group.acquire(host.waiter(recorder));

        assertThatThrownBy(() ->
                        group.decide((g, nowNanos, actions) -> g.retirement().close(nowNanos, actions)))
                .isSameAs(first);

        assertThat(recorder.refusals()).hasSize(1);
        assertThat(host.failures()).hasSize(2);
    }

    @Test
    void startWithoutAThreadRefusesTheRequestAndGivesThePermitBack() {
        host.executor = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };

        group.acquire(host.waiter(recorder));

        assertThat(recorder.refusals())
                .singleElement()
                .isInstanceOf(WorkerStartException.class)
                .satisfies(why -> assertThat(why).hasMessageContaining("unable to create native thread"));
        assertThat(budget.taken()).isZero();
    }

    @Test
    void verificationWithoutAThreadReplacesTheWorker() throws Exception {
        Lease lease = acquire(group);
        lease.proven();
        host.executor = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };

        lease.release(Outcome.COMPLETED);

        assertThat(onlyProcess().isTerminated()).isTrue();
        assertThat(lease.worker().retireReason()).contains(RetireReason.LOADED_FILE_CHANGED);
    }

    @Test
    void workerIsGivenBackAlthoughChangesCanNotBeLearned() throws Exception {
        Lease lease = acquire(group);
        host.watcher.onDrain(() -> {
            throw new IllegalStateException("no descriptor is left");
        });

        lease.release(Outcome.FAILED);
        host.run();

        assertThat(onlyProcess().isTerminated()).isTrue();
        assertThat(host.failures()).singleElement().asString().contains("no descriptor is left");
    }

    @Test
    void checkOfANewGenerationThatFailsRefusesTheGeneration() throws Exception {
        GroupExecutor rolling = group(PoolHost.processClass("/r", PoolParts.rolling(), ClassLimits.defaults()));
        services.onWarmUp((lease, result) -> {
            throw new IllegalStateException("no check");
        });
        Lease old = acquire(rolling);
        old.proven();
        old.release(Outcome.COMPLETED);
        host.run();

        host.script.change();
        host.run();

        assertThat(host.events(FcgiEvent.RolloutEnded.class))
                .singleElement()
                .satisfies(ended -> assertThat(ended.details()).contains("its check failed", "no check"));
        assertThat(host.launcher.alive()).extracting(FakeProcess::isTerminated).containsExactly(false, true);
    }

    @Test
    void questionForTheGroupReachesIt() {
        Function<WorkerGroup, Integer> question = g -> g.line().size();

        assertThat(group.askGroup(question)).isZero();
        group.acquire(host.waiter(recorder));
        assertThat(group.askGroup(question)).isOne();
    }
}
