/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FakeFile;
import java.util.List;
import java.util.Random;

/**
 * One schedule, from the first request to the end of the pool: steps in any order, a calm in which every request must be
 * served, and an orderly end.
 */
final class SimulationSchedule {

    private static final int STEPS = 120;
    private static final int MAX_TASKS = 10_000;

    private final SimulationWorld world;
    private final SimulatedSite site;
    private final Random random;
    private final SimulationChecks checks;

    SimulationSchedule(long seed) {
        world = new SimulationWorld(seed);
        site = world.site();
        random = world.random();
        checks = new SimulationChecks(world);
    }

    void run() {
        int steps = site.isSingleClass() ? 3 * STEPS : STEPS;
        for (int i = 0; i < steps; i++) {
            step();
            checks.afterEachStep();
        }
        calmDown();
        checks.afterCalm();
        if (random.nextBoolean()) {
            removeForGood(world.anyLibrary());
        }
        world.pool().shutDown();
        finish();
        checks.atTheEnd();
        world.pool().close();
    }

    private void step() {
        switch (random.nextInt(18)) {
            case 0, 1, 2 -> world.clients().request();
            case 3, 4 -> world.runAnyTask();
            case 5, 6 -> world.clients().endAny(random.nextInt(8) == 0 ? Outcome.FAILED : Outcome.COMPLETED);
            case 7 -> world.passTime(random.nextInt(3_000) * 1_000_000L);
            case 8 -> world.sweep();
            case 9 -> seldomIfSingle(world::crashAnyProcess);
            case 10 -> seldomIfSingle(world::changeAnyFile);
            case 11, 14 -> world.loadInAnyProcess();
            case 12 -> world.anyLibrary().remove();
            case 13 -> world.compareFiles();
            case 15 -> seldomIfSingle(world::recycleAnyClass);
            case 16 -> world.anyLibrary().change();
            default -> world.endStoppedProcesses();
        }
    }

    private void seldomIfSingle(Runnable event) {
        if (!site.isSingleClass() || random.nextInt(12) == 0) {
            event.run();
        }
    }

    /** Nothing fails any more and next to no time passes: what happens by itself must serve every request. */
    private void calmDown() {
        world.becomeReliable();
        for (int i = 0; i <= 21; i++) {
            world.changeEveryFile();
            world.compareFiles();
            passSettleTime();
            if (i < 21) {
                runAsItGoes(1);
            }
        }
        runAsItGoes(400);
        world.compareFiles();
        passSettleTime();
        runAsItGoes(50);
    }

    /** No strict worker goes on with a library that is gone. */
    private void removeForGood(FakeFile library) {
        library.remove();
        world.compareFiles();
        runTasks();
        List<SimulatedProcess> users = checks.strictUsersOf(library);
        world.passTime(site.settings().quietTime().toNanos() + 1_000_000);
        world.sweep();
        passSettleTime();
        runAsItGoes(50);
        checks.areStopped(users);
    }

    /** Lets so much time pass that changes count. */
    private void passSettleTime() {
        world.announceReports();
        if (!site.settleTime().isZero()) {
            world.passTime(site.settleTime().toNanos() + 1);
            world.sweep();
        }
    }

    private void runAsItGoes(int rounds) {
        for (int i = 0; i < rounds; i++) {
            runTasks();
            world.sweepIfDueNow();
            world.clients().endAny(Outcome.COMPLETED);
            world.endStoppedProcesses();
        }
    }

    private void runTasks() {
        for (int i = 0; world.anyTask(); i++) {
            world.runAnyTask();
            assertThat(i)
                    .as("%s: turning in circles: %s", world.name(), world.pool().snapshot())
                    .isLessThan(MAX_TASKS);
        }
    }

    private void finish() {
        for (int i = 0;
                i < 500 && (world.pool().processes() > 0 || world.clients().anyServed());
                i++) {
            runTasks();
            world.clients().endAny(Outcome.COMPLETED);
            world.passTime(1_000_000_000L);
            world.sweep();
            world.endStoppedProcesses();
        }
    }
}
