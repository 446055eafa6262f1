/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.observe.FcgiEvent;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.LeaseRecorder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which events a pool reports, in which order, with which facts. */
class PoolEventsTest {

    private static final ExitStatus SUCCESS = ExitStatus.exited(0);
    private static final ExitStatus CRASH = ExitStatus.killed(11);

    private final PoolHost host = new PoolHost();
    private final WorkerPool pool = new WorkerPool(PoolSettings.defaults(), host.environment());
    private final LeaseRecorder recorder = new LeaseRecorder();

    @AfterEach
    void close() {
        pool.close();
    }

    private void ask(ChangePolicy policy) {
        ProcessClass processClass = PoolHost.processClass("/a", policy, ClassLimits.defaults());
        pool.acquire(processClass, new AcquireOptions("loop", false, pool.now()), recorder);
        host.run();
    }

    private Lease lease(ChangePolicy policy) throws InterruptedException {
        ask(policy);
        return recorder.take();
    }

    /** A worker that has answered one request; what was reported before is forgotten. */
    private FakeProcess idle(ChangePolicy policy) throws InterruptedException {
        Lease lease = lease(policy);
        lease.proven();
        lease.release(Outcome.COMPLETED);
        host.run();
        host.events.clear();
        return host.launcher.alive().get(0);
    }

    private void end(FakeProcess process, ExitStatus status) {
        process.end(status);
        host.run();
    }

    private void sweep() {
        pool.sweep(pool.now());
        host.run();
    }

    private static FcgiEvent exited(FakeProcess process, ExitStatus status, RetireReason reason, boolean crashed) {
        return new FcgiEvent.WorkerExited("/a", process.pid(), status, 1, reason, Optional.empty(), crashed);
    }

    @Test
    void firstRequestAddsTheClassAndStartsAWorker() {
        ask(PoolParts.strict());

        FakeProcess process = host.launcher.alive().get(0);
        assertThat(host.events).hasSize(2);
        assertThat(host.events.get(0))
                .isInstanceOfSatisfying(FcgiEvent.ClassAdded.class, added -> assertThat(added.processClass())
                        .isEqualTo("/a"));
        assertThat(host.events.get(1)).isEqualTo(new FcgiEvent.WorkerStarted("/a", process.pid(), 0));
    }

    @Test
    void addedClassCountsItsRequests() throws Exception {
        Lease lease = lease(PoolParts.strict());
        lease.answered(204);
        lease.release(Outcome.COMPLETED);

        FcgiEvent.ClassAdded added = host.events(FcgiEvent.ClassAdded.class).get(0);

        assertThat(added.requests().read().served()).isOne();
        assertThat(added.requests().read().byStatusClass().get(2)).isOne();
    }

    @Test
    void secondRequestAddsNoClass() throws Exception {
        idle(PoolParts.strict());

        ask(PoolParts.strict());

        assertThat(host.events).isEmpty();
    }

    @Test
    void workerThatIsIdleForTooLongIsRetiredAndExits() throws Exception {
        FakeProcess process = idle(PoolParts.strict());
        host.clock.advance(ClassLimits.defaults().idleTimeout().toNanos());

        sweep();
        end(process, SUCCESS);

        assertThat(host.events)
                .containsExactly(
                        new FcgiEvent.WorkerRetired("/a", process.pid(), RetireReason.IDLE_TIMEOUT, Optional.empty()),
                        exited(process, SUCCESS, RetireReason.IDLE_TIMEOUT, false));
    }

    @Test
    void workerThatDoesNotEndIsKilled() throws Exception {
        FakeProcess process = idle(PoolParts.strict());
        host.clock.advance(ClassLimits.defaults().idleTimeout().toNanos());
        sweep();
        host.clock.advance(PoolSettings.defaults().grace().toNanos());

        sweep();

        assertThat(host.events).last().isEqualTo(new FcgiEvent.WorkerKilled("/a", process.pid()));
        assertThat(process.isKilled()).isTrue();
    }

    @Test
    void workerThatEndsByItselfWithAnErrorHasCrashedAndExited() throws Exception {
        FakeProcess process = idle(PoolParts.strict());

        end(process, CRASH);

        assertThat(host.events)
                .containsExactly(
                        new FcgiEvent.WorkerCrashed("/a", process.pid(), CRASH, 1),
                        exited(process, CRASH, RetireReason.EXITED, true));
    }

    @Test
    void processThatCanNotBeLaunchedHasFailedToStart() {
        host.launcher.beforeLaunch(command -> {
            throw new WorkerStartException("no such file");
        });

        ask(PoolParts.strict());

        assertThat(host.events).last().isEqualTo(new FcgiEvent.StartFailed("/a", 0, "no such file", false));
        assertThat(recorder.refusals()).hasSize(1);
    }

    @Test
    void changedFileBeginsAGenerationAndRetiresItsWorkers() throws Exception {
        FakeProcess process = idle(PoolParts.strict());

        host.script.change();

        assertThat(host.events)
                .containsExactly(
                        new FcgiEvent.FileChanged("/a", PoolHost.SCRIPT),
                        new FcgiEvent.GenerationBegan(
                                "/a", 1, RetireReason.SCRIPT_CHANGED, Optional.of(PoolHost.SCRIPT)),
                        new FcgiEvent.WorkerRetired(
                                "/a", process.pid(), RetireReason.SCRIPT_CHANGED, Optional.of(PoolHost.SCRIPT)));
    }

    @Test
    void operatorBeginsAGenerationWithoutAFile() throws Exception {
        FakeProcess process = idle(PoolParts.strict());

        assertThat(pool.recycle("/a")).isTrue();

        assertThat(host.events)
                .containsExactly(
                        new FcgiEvent.GenerationBegan("/a", 1, RetireReason.RECYCLED, Optional.empty()),
                        new FcgiEvent.WorkerRetired("/a", process.pid(), RetireReason.RECYCLED, Optional.empty()));
    }

    @Test
    void rolloutThatSucceedsEndsBeforeTheOldWorkerIsRetired() throws Exception {
        FakeProcess old = idle(PoolParts.rolling());

        host.script.change();
        host.run();

        FakeProcess fresh = host.launcher.alive().get(1);
        assertThat(host.events)
                .containsExactly(
                        new FcgiEvent.FileChanged("/a", PoolHost.SCRIPT),
                        new FcgiEvent.GenerationBegan(
                                "/a", 1, RetireReason.SCRIPT_CHANGED, Optional.of(PoolHost.SCRIPT)),
                        new FcgiEvent.WorkerStarted("/a", fresh.pid(), 1),
                        new FcgiEvent.RolloutEnded("/a", 1, true, ""),
                        new FcgiEvent.WorkerRetired(
                                "/a", old.pid(), RetireReason.SCRIPT_CHANGED, Optional.of(PoolHost.SCRIPT)));
    }

    @Test
    void rolloutThatFailsSaysWhichGenerationGoesOn() throws Exception {
        idle(PoolParts.rolling());
        host.launcher.beforeLaunch(command -> {
            throw new WorkerStartException("no such file");
        });

        host.script.change();
        host.run();

        assertThat(host.events)
                .last()
                .isEqualTo(new FcgiEvent.RolloutEnded(
                        "/a", 1, false, "generation 1 was refused, generation 0 goes on: no such file"));
    }

    @Test
    void dependencyThatIsNoPathIsReported() throws Exception {
        Lease lease = lease(PoolParts.strict());

        lease.dependsOn("a\0b");

        assertThat(host.events).last().isInstanceOfSatisfying(FcgiEvent.InvalidDependency.class, invalid -> {
            assertThat(invalid.pid()).isEqualTo(host.launcher.alive().get(0).pid());
            assertThat(invalid.message()).contains("Nul");
        });
    }

    @Test
    void unusedClassIsForgotten() throws Exception {
        FakeProcess process = idle(PoolParts.strict());
        pool.recycle("/a");
        end(process, SUCCESS);
        host.clock.advance(Duration.ofMinutes(5).toNanos() + 1);

        sweep();

        assertThat(host.events).last().isEqualTo(new FcgiEvent.ClassForgotten("/a"));
        assertThat(pool.groups()).isEmpty();
    }

    @Test
    void listenerThatFailsKeepsNoWorkerFromItsEnd() throws Exception {
        PoolHost other = new PoolHost();
        PoolEnvironment failing = other.environment().withListener(event -> {
            throw new StackOverflowError("in a listener");
        });
        try (WorkerPool broken = new WorkerPool(PoolSettings.defaults(), failing)) {
            ProcessClass processClass = PoolHost.processClass("/a", ClassLimits.defaults());
            broken.acquire(processClass, new AcquireOptions("loop", false, broken.now()), recorder);
            other.run();
            Lease lease = recorder.take();

            lease.release(Outcome.FAILED);
            other.run();

            assertThat(other.launcher.alive()).allMatch(FakeProcess::isTerminated);
        }
    }

    @Test
    void eventsOfOneWorkerNameItsProcess() throws Exception {
        FakeProcess process = idle(PoolParts.strict());
        pool.recycle("/a");
        end(process, SUCCESS);

        assertThat(host.events(FcgiEvent.WorkerExited.class))
                .extracting(FcgiEvent.WorkerExited::pid)
                .containsExactly(process.pid());
        assertThat(List.copyOf(host.events))
                .allMatch(event -> event.processClass().equals("/a"));
    }
}
