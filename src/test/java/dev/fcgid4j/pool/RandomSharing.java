/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ShareGroup;
import java.time.Duration;
import java.util.Random;

/** A world of which everything is random: places, groups, classes, weights, minimum, clients and times. */
final class RandomSharing {

    private static final int SECONDS = 60;
    private static final double LONGEST_QUANTUM_SECONDS = 1;
    private static final double INTERVAL_SECONDS = 0.2;

    private final String name;
    private final Random random;
    private final int places;
    private final int heaviest;
    private final SharingWorld world;
    private final long slowestMillis;

    RandomSharing(long seed) {
        name = "seed " + seed;
        random = new Random(seed);
        places = 1 + random.nextInt(6);
        heaviest = 1 + random.nextInt(4);
        world = new SharingWorld(seed, places, 1 + random.nextInt(300), random.nextInt(100));
        slowestMillis = 5L + random.nextInt(400);
        int classes = 1 + random.nextInt(8);
        int groups = 1 + random.nextInt(3);
        for (int i = 0; i < classes; i++) {
            ShareGroup group = new ShareGroup("group " + random.nextInt(groups), 1);
            addRequests(world.add("/" + i, group, limits()));
        }
    }

    private ClassLimits limits() {
        return ClassLimits.defaults().toBuilder()
                .maxProcesses(1 + random.nextInt(8))
                .minProcesses(random.nextInt(3))
                .maxRequestsPerProcess(random.nextInt(4) == 0 ? 20 : 0)
                .idleTimeout(Duration.ofSeconds(5 + random.nextInt(100)))
                .lifeTime(Duration.ofSeconds(10 + random.nextInt(100)))
                .queueLength(100_000)
                .queueTimeout(Duration.ofHours(1))
                .weight(1 + random.nextInt(heaviest))
                .build();
    }

    private void addRequests(SharingClass to) {
        long serviceMillis = 5L + random.nextInt((int) slowestMillis);
        if (random.nextBoolean()) {
            to.clients(random.nextInt(20), serviceMillis);
        } else {
            to.arrivals(0.2 + random.nextDouble() * 4, serviceMillis, SECONDS);
        }
    }

    /** Requests come for a minute, then the clients leave one after the other. */
    void run() {
        world.run(SECONDS);
        world.classes().forEach(SharingClass::clientsLeave);
        world.run(SECONDS * 20);
    }

    /**
     * The head of no line waits for longer than a round of turns of all classes, by weight, and a request of each: all
     * that a class can be kept waiting for.
     */
    void checkThatEachLineMoved() {
        double turn = LONGEST_QUANTUM_SECONDS * heaviest
                + INTERVAL_SECONDS
                + slowestMillis / 1e3
                + 2 * world.secondsToReplace();
        double round = turn * heaviest * world.classes().size() / places + turn;
        for (SharingClass each : world.classes()) {
            assertThat(longestPauseSeconds(each))
                    .as("%s: class %s stood still for so many seconds", name, each.name())
                    .isLessThan(3 * round);
        }
    }

    /** The longest time in which a class with waiting requests began none. */
    private static double longestPauseSeconds(SharingClass of) {
        double longest = 0;
        double lastBegun = 0;
        for (SharingClass.Served each : of.inOrderOfBeginning()) {
            double waitedAlone = each.begunSeconds() - Math.max(lastBegun, each.askedSeconds());
            longest = Math.max(longest, waitedAlone);
            lastBegun = each.begunSeconds();
        }
        return longest;
    }

    /** Each worker that was taken made room for a start. */
    void checkThatEachTakenWorkerWasNeeded() {
        int starts = world.classes().stream().mapToInt(world::started).sum();
        assertThat(world.taken()).as("%s: workers taken", name).isLessThanOrEqualTo(Math.max(0, starts - places));
    }

    void checkTheEnd() {
        assertThat(world.classes())
                .as("%s: every request was served", name)
                .allMatch(each -> each.waiting() == 0 && each.refusals().isEmpty());
        assertThat(world.pool().processes()).as(name).isLessThanOrEqualTo(places);
    }
}
