/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ShareGroup;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How classes and groups of classes share the places of a pool whose processes sleep. Weights are written as in {@code
 * "1 2 / 4"}: a group for each part, a class for each number.
 *
 * <p>{@code -Dfcgid4j.sharing.seeds=5000} tries more random worlds than the default.
 */
class FairSharingTest {

    private static final long SEEDS = Long.getLong("fcgid4j.sharing.seeds", 300);
    private static final ClassLimits PATIENT = ClassLimits.defaults().toBuilder()
            .queueLength(100_000)
            .queueTimeout(Duration.ofHours(1))
            .build();

    private static ClassLimits weight(int weight) {
        return PATIENT.toBuilder().weight(weight).build();
    }

    // ---- a crowd beside others ------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void groupAtAHundredTimesItsShareLeavesAnothersP99WithinTwiceItsQuietValue(long seed) {
        double quiet = p99BesideACrowd(seed, 0);

        double crowded = p99BesideACrowd(seed, 500); // ten places, of which five are the share of each group

        assertThat(crowded).isLessThanOrEqualTo(2 * quiet);
    }

    private static double p99BesideACrowd(long seed, int crowd) {
        SharingWorld world = new SharingWorld(seed, 10, 50, 10);
        SharingClass modest =
                world.add("/modest", ShareGroup.ofSite("modest"), PATIENT).arrivals(20, 100, 80);
        for (int i = 0; i < 5; i++) {
            world.add("/crowd/" + i, ShareGroup.ofSite("crowd"), PATIENT).clients(crowd / 5, 100);
        }
        world.run(80);
        assertThat(modest.served()).hasSizeGreaterThan(1000);
        return modest.p99(10);
    }

    @Test
    void classWithoutAProcessGetsOneBesideABusyClass() {
        SharingWorld world = new SharingWorld(1, 2, 50, 10);
        SharingClass busy = world.add("/busy", ShareGroup.DEFAULT, PATIENT).clients(30, 100);
        SharingClass other = world.add("/other", ShareGroup.DEFAULT, PATIENT);
        world.run(3);

        other.ask(100, () -> {});
        world.run(1);

        assertThat(other.served()).hasSize(1);
        assertThat(world.started(busy)).isEqualTo(2);
        assertThat(world.taken(busy)).isEqualTo(1);
    }

    @Test
    void placesThatAClassHasNotUsedForLongServeTheOthers() {
        SharingWorld world = new SharingWorld(1, 2, 50, 10);
        SharingClass busy = world.add("/busy", ShareGroup.DEFAULT, PATIENT).clients(8, 100);
        world.add("/other", ShareGroup.DEFAULT, PATIENT).ask(100, () -> {});
        world.run(25);

        long atTheEnd = busy.servedBetween(24, 25);

        assertThat(atTheEnd).isEqualTo(20);
    }

    // ---- shares by weight -----------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "4, 1 1 1",
        "4, 1 2 4",
        "7, 1 2 4",
        "2, 1 1 1 1 1 1 1 1",
        "3, 1 1 1 1 / 1 1",
        "10, 1 / 1 1 1 1 1 1 1 1 1",
        "5, 3 1 / 1 1 / 2",
        "1, 1 1",
        "1, 1 1 1 / 1"
    })
    void servedRequestsOverWeightAreEvenInAnyTenSeconds(int places, String weights) {
        SharingWorld world = new SharingWorld(1, places, 50, 10);
        Map<SharingClass, Double> due = crowdedClasses(world, weights);

        world.run(60);

        for (double from = 0; from <= 50; from += 0.5) {
            assertThat(jain(ratios(due, from)))
                    .as("from second %s: %s", from, Arrays.toString(ratios(due, from)))
                    .isGreaterThan(0.95);
        }
    }

    /** Classes that always have requests waiting, and the part of all places that each is due. */
    private static Map<SharingClass, Double> crowdedClasses(SharingWorld world, String weights) {
        Map<SharingClass, Double> due = new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
        List<String> groups = List.of(weights.split("/"));
        for (String group : groups) {
            List<Integer> members = List.of(group.trim().split(" ")).stream()
                    .map(Integer::valueOf)
                    .toList();
            int sum = members.stream().mapToInt(Integer::intValue).sum();
            for (int weight : members) {
                String name = "/" + groups.indexOf(group) + "/" + due.size();
                SharingClass added = world.add(name, ShareGroup.ofSite(group), weight(weight))
                        .clients(30, 20);
                due.put(added, (double) weight / sum / groups.size());
            }
        }
        return due;
    }

    /** What each class was served within ten seconds over what it was due. */
    private static double[] ratios(Map<SharingClass, Double> due, double from) {
        return due.entrySet().stream()
                .mapToDouble(each -> each.getKey().servedBetween(from, from + 10) / each.getValue())
                .toArray();
    }

    /** Jain's fairness index. */
    private static double jain(double[] ratios) {
        double sum = 0;
        double squares = 0;
        for (double ratio : ratios) {
            sum += ratio;
            squares += ratio * ratio;
        }
        return sum * sum / (ratios.length * squares);
    }

    @Test
    void groupIsAsStrongWithOneClassAsWithMany() {
        SharingWorld world = new SharingWorld(1, 10, 50, 10);
        Map<SharingClass, Double> due = crowdedClasses(world, "1 / 1 1 1 1 1 1 1 1 1");

        world.run(30);

        SharingClass alone = due.keySet().iterator().next();
        long all = due.keySet().stream()
                .mapToLong(each -> each.servedBetween(10, 30))
                .sum();
        assertThat((double) alone.servedBetween(10, 30) / all).isBetween(0.45, 0.55);
    }

    // ---- what is taken --------------------------------------------------------------------------------------------

    @Test
    void workerIsTakenAtMostAsOftenAsAPlaceIsMissing() {
        SharingWorld world = new SharingWorld(1, 2, 50, 10);
        SharingClass busy = world.add("/busy", ShareGroup.DEFAULT, PATIENT).clients(30, 100);
        SharingClass other = world.add("/other", ShareGroup.DEFAULT, PATIENT);
        int times = 10;
        for (int i = 0; i < times; i++) {
            world.run(30); // the other class loses its place meanwhile
            other.ask(100, () -> {});
        }
        world.run(30);

        assertThat(other.served()).hasSize(times);
        assertThat(world.taken(busy)).isLessThanOrEqualTo(times);
        assertThat(world.taken(other)).isLessThanOrEqualTo(times);
        assertThat(world.started(busy)).isLessThanOrEqualTo(2 + world.taken(busy));
    }

    @Test
    void nothingIsTakenWhereThereAreEnoughPlaces() {
        SharingWorld world = new SharingWorld(1, 20, 50, 10);
        for (int i = 0; i < 4; i++) {
            world.add("/" + i, ShareGroup.DEFAULT, PATIENT).clients(5, 30);
        }
        world.run(30);

        assertThat(world.taken()).isZero();
    }

    // ---- any world ------------------------------------------------------------------------------------------------

    @Test
    void noLineWaitsForEver() {
        for (long seed = 0; seed < SEEDS; seed++) {
            RandomSharing sharing = new RandomSharing(seed);
            sharing.run();
            sharing.checkThatEachLineMoved();
            sharing.checkThatEachTakenWorkerWasNeeded();
            sharing.checkTheEnd();
        }
    }
}
