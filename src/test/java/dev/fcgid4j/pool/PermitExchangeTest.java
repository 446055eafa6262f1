/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.observe.ExitStatus;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.LeaseRecorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Classes that share two permits. */
class PermitExchangeTest {

    private final PoolHost host = new PoolHost();
    private final ProcessBudget budget = new ProcessBudget(2);
    private final List<GroupExecutor> groups = new ArrayList<>();
    private final PermitExchange exchange = new PermitExchange(budget, groups);
    private final PoolServices services = host.services(exchange);

    private GroupExecutor group(String name) {
        GroupExecutor group = host.group(PoolHost.processClass(name, ClassLimits.defaults()), budget, services);
        groups.add(group);
        return group;
    }

    private Lease lease(GroupExecutor group) throws InterruptedException {
        LeaseRecorder recorder = ask(group);
        Lease lease = recorder.take();
        lease.proven();
        return lease;
    }

    private LeaseRecorder ask(GroupExecutor group) {
        LeaseRecorder recorder = new LeaseRecorder();
        group.acquire(host.waiter(recorder));
        host.run();
        return recorder;
    }

    /** A class whose only worker is idle from now on. */
    private FakeProcess idle(GroupExecutor group) throws InterruptedException {
        lease(group).release(Outcome.COMPLETED);
        host.run();
        host.clock.advance(1);
        return host.launcher.alive().get(host.launcher.alive().size() - 1);
    }

    private void end(FakeProcess process) {
        process.end(ExitStatus.exited(0));
        host.run();
    }

    @Test
    void workerThatHasBeenIdleForTheLongestTimeMakesRoom() throws Exception {
        FakeProcess longest = idle(group("/a"));
        FakeProcess other = idle(group("/b"));

        ask(group("/c"));

        assertThat(longest.isTerminated()).isTrue();
        assertThat(other.isTerminated()).isFalse();
    }

    @Test
    void freedPermitStartsAProcessOfTheClassThatLacksOne() throws Exception {
        FakeProcess idle = idle(group("/a"));
        lease(group("/b"));
        LeaseRecorder waiting = ask(group("/c"));
        assertThat(waiting.leases()).isEmpty();

        end(idle);

        assertThat(waiting.leases()).hasSize(1);
        assertThat(budget.taken()).isEqualTo(2);
    }

    @Test
    void classWithoutAProcessGetsTheFreedPermitBeforeOneThatHasSome() throws Exception {
        GroupExecutor has = group("/a");
        lease(has);
        lease(group("/b"));
        LeaseRecorder asksFirst = ask(has);
        LeaseRecorder starves = ask(group("/c"));

        end(host.launcher.alive().get(1));

        assertThat(starves.leases()).hasSize(1);
        assertThat(asksFirst.leases()).isEmpty();
    }

    @Test
    void classThatFailsKeepsThePermitFromNoOther() throws Exception {
        GroupExecutor failing = group("/a");
        lease(group("/b"));
        lease(group("/c"));
        failing.acquire(host.waiter(new LeaseListener() {
            @Override
            public void granted(Lease lease) {
                throw new StackOverflowError("granted");
            }

            @Override
            public void refused(FcgiException why) {
                throw new StackOverflowError("refused");
            }
        }));
        LeaseRecorder waiting = ask(group("/d"));
        host.executor = task -> {
            throw new OutOfMemoryError("no thread"); // the start for the failing listener
        };

        FakeProcess ending = host.launcher.alive().get(0);
        assertThatThrownBy(() -> ending.end(ExitStatus.exited(0))).isInstanceOf(StackOverflowError.class);

        assertThat(waiting.refusals()).hasSize(1);
    }

    @Test
    void classDoesNotMakeRoomForItself() throws Exception {
        GroupExecutor only = group("/a");
        FakeProcess idle = idle(only);

        exchange.share(host.clock.nowNanos());

        assertThat(idle.isTerminated()).isFalse();
    }

    @Test
    void rolloutGoesOnWhereTheWorkersOfItsClassHoldAllPermits() throws Exception {
        GroupExecutor rolling =
                host.group(PoolHost.processClass("/r", PoolParts.rolling(), ClassLimits.defaults()), budget, services);
        groups.add(rolling);
        Lease one = lease(rolling);
        lease(rolling).release(Outcome.COMPLETED);
        one.release(Outcome.COMPLETED);
        host.run();
        List<FakeProcess> old = host.launcher.alive();

        host.files.at(PoolParts.SCRIPT).change();
        host.run();
        assertThat(old).filteredOn(FakeProcess::isTerminated).hasSize(1);
        old.stream().filter(FakeProcess::isTerminated).forEach(this::end);

        assertThat(host.launcher.launched()).isEqualTo(3);
        assertThat(old).allMatch(FakeProcess::isTerminated);
    }

    @Test
    void busyWorkersMakeNoRoom() throws Exception {
        lease(group("/a"));
        lease(group("/b"));

        ask(group("/c"));

        assertThat(host.launcher.alive()).noneMatch(FakeProcess::isTerminated);
    }

    /** A request is made by an event loop, so the next sweep makes the plan. */
    @Test
    void requestLeavesThePlanToTheNextSweep() throws Exception {
        FakeProcess idle = idle(lazy("/a"));
        idle(lazy("/b"));

        ask(lazy("/c"));
        assertThat(idle.isTerminated()).isFalse();
        exchange.sweep(host.clock.nowNanos());

        assertThat(idle.isTerminated()).isTrue();
    }

    @Test
    void requestDuringThePauseAfterAPlanIsMetAtItsEnd() throws Exception {
        FakeProcess idle = idle(lazy("/a"));
        idle(lazy("/b"));
        long plannedNanos = host.clock.nowNanos();
        exchange.share(plannedNanos);

        ask(lazy("/c"));
        long dueNanos = exchange.request(plannedNanos);
        assertThat(dueNanos).isGreaterThan(plannedNanos);
        assertThat(exchange.sweep(plannedNanos)).isEqualTo(dueNanos);
        assertThat(idle.isTerminated()).isFalse();
        exchange.sweep(dueNanos);

        assertThat(idle.isTerminated()).isTrue();
    }

    @Test
    void requestIsDueAtOnceWhenThePauseIsOver() {
        long nowNanos = host.clock.nowNanos();
        assertThat(exchange.request(nowNanos)).isEqualTo(nowNanos);
        exchange.share(nowNanos);
        long laterNanos = nowNanos + TimeUnit.SECONDS.toNanos(1);

        assertThat(exchange.request(laterNanos)).isEqualTo(laterNanos);
    }

    /** A class whose decisions request a plan, as in a pool. */
    private GroupExecutor lazy(String name) {
        GroupExecutor group = host.group(
                PoolHost.processClass(name, ClassLimits.defaults()), budget, host.services(exchange::request));
        groups.add(group);
        return group;
    }

    @Test
    void awaitAllReturnsAtOnceWhenNoPermitIsTaken() throws Exception {
        assertThat(exchange.awaitAll(Duration.ZERO)).isTrue();
    }

    @Test
    void awaitAllGivesUpWhenTheTimeIsOver() throws Exception {
        lease(group("/a"));

        assertThat(exchange.awaitAll(Duration.ofMillis(1))).isFalse();
    }

    @Test
    void awaitAllReturnsWhenTheLastPermitIsGivenBack() throws Exception {
        lease(group("/a"));
        Thread ending = new Thread(() -> host.launcher.alive().get(0).end(ExitStatus.exited(0)));
        ending.start();

        assertThat(exchange.awaitAll(Duration.ofSeconds(30))).isTrue();
        ending.join();
    }
}
