/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.observe.PoolSnapshot;
import dev.fcgid4j.testkit.FakeFile;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold after each step, in a calm, and at the end of any schedule. */
final class SimulationChecks {

    private final SimulationWorld world;
    private final String name;

    SimulationChecks(SimulationWorld world) {
        this.world = world;
        this.name = world.name();
    }

    void afterEachStep() {
        assertThat(world.clients().requests())
                .as("%s: a sweep comes by the deadline of each request that waits", name)
                .noneMatch(request -> request.waits() && world.nextSweepNanos() > request.deadlineNanos());
        List<PoolSnapshot.ClassSnapshot> classes = world.pool().snapshot().classes();
        noteForgottenClasses(classes);
        int limit = world.site().settings().maxProcesses();
        assertThat(world.pool().processes()).as(name).isBetween(0, limit);
        assertThat(world.alive().size()).as(name).isLessThanOrEqualTo(limit);
        classes.forEach(this::checkClass);
    }

    /** The pool drops a class that is not used for long, and with it all that it knew of the class's files. */
    private void noteForgottenClasses(List<PoolSnapshot.ClassSnapshot> classes) {
        Set<String> known =
                classes.stream().map(PoolSnapshot.ClassSnapshot::name).collect(Collectors.toSet());
        world.site().classes().stream()
                .filter(each -> !known.contains(each.processClass().name()))
                .forEach(SimulatedClass::forgetLibrary);
    }

    private void checkClass(PoolSnapshot.ClassSnapshot each) {
        SimulatedClass of = world.site().classNamed(each.name());
        int candidates = of.isRolling() ? 1 : 0; // a new generation is tried beside the old one
        assertThat(each.workers().size())
                .as(name)
                .isLessThanOrEqualTo(world.site().limits().maxProcesses() + candidates);
        boolean anyIdle = each.workers().stream().anyMatch(w -> w.state().equals("idle"));
        boolean canary = each.rollout().contains("gets"); // it gets its share and no more, even when requests wait
        boolean comparing = world.anyTask() && of.isPolled(); // files are compared before a worker is granted
        assertThat(each.waiting() > 0 && anyIdle && !canary && !comparing)
                .as("%s: a request waits although a worker is idle", name)
                .isFalse();
    }

    void afterCalm() {
        assertThat(world.alive())
                .as("%s: a strict class runs old files for ever", name)
                .allMatch(process ->
                        process.process().isTerminated() || process.of().isRolling() || process.runsNewestFiles());
        assertThat(world.pool().snapshot().classes())
                .as("%s: a request waits for ever", name)
                .allMatch(each -> each.waiting() == 0);
    }

    /** The processes of strict classes that have loaded a library and go on. */
    List<SimulatedProcess> strictUsersOf(FakeFile library) {
        return world.alive().stream()
                .filter(process -> !process.of().isRolling()
                        && !process.process().isTerminated()
                        && process.of().library() == library
                        && process.hasLoadedLibrary())
                .toList();
    }

    void areStopped(List<SimulatedProcess> users) {
        assertThat(users)
                .as("%s: a process of a strict class has a file that was removed", name)
                .allMatch(process ->
                        process.process().isTerminated() || !world.alive().contains(process));
    }

    void atTheEnd() {
        assertThat(world.pool().processes()).as("%s: processes left", name).isZero();
        assertThat(world.alive()).as("%s: alive", name).isEmpty();
        assertThat(world.clients().requests())
                .as("%s: every request was answered exactly once", name)
                .allMatch(request -> request.answers() == 1);
    }
}
