/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One tracked file, whose changes only comparisons find. */
class TrackedFileTest {

    private static final Path FILE = Path.of("/lib/x.pm");

    private final FakeClock clock = FakeClock.ticking(1_000_000_000L);
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeFile polled = files.add(FILE, false, 0);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final TrackedFileWatcher installer = new TrackedFileWatcher(watcher);
    private final List<String> reports = new ArrayList<>();
    private final TrackedFile tracked = new TrackedFile(
            FILE,
            Duration.ofSeconds(1).toNanos(),
            new FreshnessEnvironment(watcher, watcher, files, FakeProcess::loads, Runnable::run, clock),
            new Reports());

    private void changeIsReported() {
        polled.change();
        watcher.compareAll();
        assertThat(reports).containsExactly("changed");
        reports.clear();
    }

    @Test
    void changeThatNoComparisonHasFoundIsReportedWhenTheFileIsWatchedAgain() {
        installer.watch(List.of(tracked));
        changeIsReported();
        polled.change(); // between the last stamp of the old watch and the first one of the new watch

        installer.watch(List.of(tracked));

        assertThat(reports).containsExactly("changed");
    }

    @Test
    void onlyTheNewWatchStays() {
        installer.watch(List.of(tracked));
        changeIsReported();

        installer.watch(List.of(tracked));

        assertThat(watcher.watched()).containsExactly(polled);
        assertThat(reports).isEmpty();
    }

    private final class Reports implements TrackedFile.Listener {

        @Override
        public void changed(TrackedFile file) {
            reports.add("changed");
        }

        @Override
        public void beingWritten(Path path) {
            reports.add("being written");
        }

        @Override
        public void watched(TrackedFile file, boolean exists) {
            // asks for nothing
        }
    }
}
