/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeWatcher;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What makes a cached answer invalid, and what stays behind when it is released. */
class LookupDependenciesTest {

    private static final Path A = Path.of("/srv/a");
    private static final Path B = Path.of("/srv/b");
    private static final Path LINK = Path.of("/srv/link");
    private static final Path FAR_LINK = Path.of("/nfs/link");

    private final FakeFiles files = new FakeFiles(FakeClock.standing(0));
    private final FakeFile link = files.add(LINK);
    private final FakeFile farLink = files.add(FAR_LINK, false, 0);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final LookupDependencies dependencies = new LookupDependencies(watcher);

    private LookupDependencies.Lookup lookup(Path directory, String... names) {
        LookupDependencies.Lookup lookup = dependencies.begin();
        for (String name : names) {
            lookup.dependOn(directory, name);
        }
        return lookup;
    }

    @Test
    void changeOfANameMakesItsLookupsInvalidAndNoOthers() {
        LookupDependencies.Lookup first = lookup(A, "x", "y");
        LookupDependencies.Lookup second = lookup(A, "y");
        LookupDependencies.Lookup other = lookup(B, "x");

        watcher.nameChanged(A, "x");

        assertThat(first.isValid()).isFalse();
        assertThat(second.isValid()).isTrue();
        assertThat(other.isValid()).isTrue();
    }

    @Test
    void dependenciesAreFullAtTenThousandDirectories() {
        for (int i = 1; i < 10_000; i++) {
            lookup(Path.of("/srv/" + i), "x").release();
        }
        assertThat(dependencies.isFull()).isFalse();

        lookup(A, "x").release();

        assertThat(dependencies.isFull()).isTrue();
    }

    @Test
    void directoryIsWatchedOnce() {
        lookup(A, "x", "y");
        lookup(A, "z");

        assertThat(watcher.watchedDirectories()).containsExactly(A);
    }

    @Test
    void endOfADirectoryMakesItsLookupsInvalidAndItIsWatchedAgain() {
        LookupDependencies.Lookup before = lookup(A, "x");

        watcher.allChanged(A);
        LookupDependencies.Lookup after = lookup(A, "x");

        assertThat(before.isValid()).isFalse();
        assertThat(after.isValid()).isTrue();
        assertThat(watcher.watchedDirectories()).containsExactly(A);
        watcher.nameChanged(A, "x");
        assertThat(after.isValid()).isFalse();
    }

    @Test
    void directoryThatEndsWhileItIsUsedMakesTheLookupInvalid() {
        watcher.onWatchNames(() -> watcher.allChanged(A));

        assertThat(lookup(A, "x").isValid()).isFalse();
    }

    @Test
    void switchedLinkMakesTheLookupInvalid() {
        LookupDependencies.Lookup lookup = dependencies.begin();
        lookup.dependOnLink(LINK);

        link.beginToWrite();
        assertThat(lookup.isValid()).as("its content doesn't matter").isTrue();
        link.change();
        assertThat(lookup.isValid()).isFalse();
    }

    @Test
    void switchedRootMakesEverythingInvalid() {
        dependencies.dependOnRoot(LINK);
        LookupDependencies.Lookup lookup = lookup(A, "x");

        link.beginToWrite();
        assertThat(lookup.isValid()).isTrue();
        link.change();
        assertThat(lookup.isValid()).isFalse();
    }

    @Test
    void whereChangesAreNotReportedAtOnceNothingIsCacheable() {
        assertThat(lookup(A, "x").isCacheable()).isTrue();

        watcher.comparesDirectories();
        LookupDependencies.Lookup linked = dependencies.begin();
        linked.dependOnLink(farLink.path());

        assertThat(linked.isCacheable()).isFalse();
        assertThat(lookup(B, "x").isCacheable()).isFalse();
        assertThat(lookup(A, "x").isCacheable()).as("installed before").isTrue();
    }

    @Test
    void releasedLookupLeavesNothingBehind() {
        LookupDependencies.Lookup kept = lookup(A, "x");
        String before = dependencies.toString();
        LookupDependencies.Lookup released = lookup(A, "x", "y");
        released.dependOnLink(LINK);

        released.release();
        watcher.nameChanged(A, "y");

        assertThat(dependencies).hasToString(before);
        assertThat(watcher.watched()).isEmpty();
        assertThat(released.isValid()).as("nothing is reported to it").isTrue();
        watcher.nameChanged(A, "x");
        assertThat(kept.isValid()).isFalse();
    }

    @Test
    void closeEndsAllWatchesAndMakesEverythingInvalid() {
        LookupDependencies.Lookup lookup = lookup(A, "x");
        lookup.dependOnLink(LINK);
        dependencies.dependOnRoot(FAR_LINK);

        dependencies.close();

        assertThat(lookup.isValid()).isFalse();
        assertThat(watcher.watched()).isEmpty();
        assertThat(watcher.watchedDirectories()).isEmpty();
    }

    @Test
    void watchThatIsInstalledAfterCloseIsClosedAtOnce() {
        dependencies.close();

        lookup(A, "x").dependOnLink(LINK);

        assertThat(watcher.watched()).isEmpty();
        assertThat(watcher.watchedDirectories()).isEmpty();
    }
}
