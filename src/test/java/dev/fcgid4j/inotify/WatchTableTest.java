/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.inotify.DirectoryInterest.Kind;
import dev.fcgid4j.testkit.FileReports;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WatchTableTest {

    private static final int SITE = 1;
    private static final int LIB = 2;

    private final WatchTable table = new WatchTable();
    private final Subscription one = subscription("/site/one");
    private final Subscription two = subscription("/site/two");

    private static Subscription subscription(String path) {
        return new Subscription(Path.of(path), new ReportTarget.ToFile(new FileReports()), ended -> {});
    }

    private static DirectoryInterest interest(Subscription owner, Kind kind, String name) {
        return new DirectoryInterest(owner, kind, name);
    }

    @BeforeEach
    void register() {
        table.register(one);
        table.register(two);
    }

    @Test
    void eventConcernsTheInterestsInItsName() {
        table.add(SITE, interest(one, Kind.FILE, "one"));
        table.add(SITE, interest(two, Kind.FILE, "two"));

        assertThat(table.concerned(SITE, "one")).containsExactly(interest(one, Kind.FILE, "one"));
        assertThat(table.concerned(SITE, "three")).isEmpty();
        assertThat(table.concerned(LIB, "one")).isEmpty();
    }

    @Test
    void eventConcernsTheInterestsInAllNamesAfterThoseInItsOwn() {
        table.add(SITE, interest(one, Kind.NAMES, ""));
        table.add(SITE, interest(two, Kind.FILE, "two"));

        assertThat(table.concerned(SITE, "two"))
                .containsExactly(interest(two, Kind.FILE, "two"), interest(one, Kind.NAMES, ""));
    }

    @Test
    void eventWithoutANameConcernsTheInterestsInTheDirectoryItself() {
        table.add(SITE, interest(one, Kind.SELF, ""));
        table.add(SITE, interest(two, Kind.NAMES, ""));

        assertThat(table.concerned(SITE, "")).containsExactly(interest(one, Kind.SELF, ""));
    }

    @Test
    void watchIsUnusedWhenItsLastInterestIsRemoved() {
        table.add(SITE, interest(one, Kind.FILE, "one"));
        table.add(SITE, interest(two, Kind.SELF, ""));

        table.remove(one);
        assertThat(table.takeUnused()).isEmpty();
        table.remove(two);

        assertThat(table.takeUnused()).containsExactly(SITE);
        assertThat(table.takeUnused()).as("each once").isEmpty();
    }

    @Test
    void watchThatIsUsedAgainIsNotUnused() {
        table.add(SITE, interest(one, Kind.FILE, "one"));
        table.remove(one);

        table.add(SITE, interest(two, Kind.FILE, "two"));
        table.addUnused(SITE);

        assertThat(table.takeUnused()).isEmpty();
    }

    @Test
    void interestThatIsNotedTwiceIsRemovedOnce() {
        table.add(SITE, interest(one, Kind.FILE, "one"));
        table.add(SITE, interest(one, Kind.FILE, "one"));

        assertThat(table.remove(one)).isTrue();

        assertThat(table.remove(one)).isFalse();
        assertThat(table.concerned(SITE, "one")).isEmpty();
        assertThat(table.takeUnused()).containsExactly(SITE);
    }

    @Test
    void watchForASubscriptionThatHasEndedIsUnused() {
        table.remove(one);

        table.add(SITE, interest(one, Kind.FILE, "one"));

        assertThat(table.concerned(SITE, "one")).isEmpty();
        assertThat(table.takeUnused()).containsExactly(SITE);
    }

    @Test
    void watchThatTheKernelHasEndedIsNeitherUsedNorUnused() {
        table.add(SITE, interest(one, Kind.FILE, "one"));

        table.ended(SITE);
        table.remove(one);

        assertThat(table.concerned(SITE, "one")).isEmpty();
        assertThat(table.takeUnused()).isEmpty();
    }

    @Test
    void fileInterestIsTheOneInTheFileItself() {
        table.add(SITE, interest(one, Kind.SELF, ""));
        table.add(SITE, interest(one, Kind.NAME, "link"));
        assertThat(table.fileInterest(one)).isEmpty();

        table.add(LIB, interest(one, Kind.FILE, "one"));

        assertThat(table.fileInterest(one)).contains(interest(one, Kind.FILE, "one"));
        assertThat(table.fileInterest(two)).isEmpty();
    }

    @Test
    void subscriptionsAreListedInTheirOrder() {
        assertThat(table.all()).containsExactly(one, two);

        table.remove(one);

        assertThat(table.all()).containsExactly(two);
        assertThat(table.isRegistered(one)).isFalse();
        assertThat(table.isRegistered(two)).isTrue();
    }
}
