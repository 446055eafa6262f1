/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FakeClock;
import dev.fcgid4j.testkit.FakeFile;
import dev.fcgid4j.testkit.FakeFiles;
import dev.fcgid4j.testkit.FakeProcess;
import dev.fcgid4j.testkit.FakeWatcher;
import dev.fcgid4j.watch.FileStamp;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Each rule of {@link VersionCheck}, in a situation in which no earlier rule applies. */
class VersionCheckTest {

    private static final Path FILE = Path.of("/lib/x.pm");
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final FakeClock clock = FakeClock.standing(1000 * SECOND + SECOND / 2);
    private final FakeFiles files = new FakeFiles(clock);
    private final FakeWatcher watcher = new FakeWatcher(files);
    private final FreshnessEnvironment environment =
            new FreshnessEnvironment(watcher, watcher, files, FakeProcess::loads, Runnable::run, clock);
    private final FileSystemClocks clocks = new FileSystemClocks();
    private final VersionCheck versions = new VersionCheck(files, clocks);
    private FakeFile file = files.add(FILE);
    private final TrackedFile tracked = new TrackedFile(FILE, SECOND, environment, new NoReports());

    /** The kernel doesn't report changes; the file system's clock is an hour behind. */
    private void onAFileServer() {
        file = files.add(FILE, false, -3600 * SECOND);
    }

    private void justChanged() {
        file.change();
    }

    private void watch() {
        new TrackedFileWatcher(watcher).watch(List.of(tracked));
    }

    private LoadedVersion load(String content) {
        FileStamp stamp = file.stamp();
        LoadedFile loaded = new LoadedFile(
                FILE,
                clock.nowNanos(),
                stamp.modifiedNanos(),
                stamp.changedNanos(),
                stamp.size(),
                stamp.inode(),
                content);
        return new LoadedVersion(loaded, clock.nowNanos());
    }

    private LoadedVersion nameOnly() {
        return new LoadedVersion(LoadedFile.named(FILE), clock.nowNanos());
    }

    private boolean isCurrent(LoadedVersion load) {
        return versions.isCurrent(tracked, load, versions.present(load.file(), clock.nowNanos()));
    }

    private boolean isStillCurrent(LoadedVersion load) {
        return versions.isStillCurrent(tracked, load, versions.present(load.file(), clock.nowNanos()));
    }

    @Test
    void differentStampIsAnotherVersion() {
        LoadedVersion load = load("");
        clock.advance(SECOND);
        file.change();

        assertThat(isCurrent(load)).isFalse();
    }

    @Test
    void contentDecidesIfItWasReported() {
        onAFileServer();
        justChanged();
        LoadedVersion load = load(file.content());
        assertThat(isCurrent(load)).isTrue();

        file.change(); // within one tick of its clock

        assertThat(isCurrent(load)).isFalse();
    }

    @Test
    void changeThatWasOverByTheFileSystemsClockIsThatOfTheLoadedVersion() {
        onAFileServer();
        justChanged();
        clock.advance(SECOND);
        FakeFile younger = files.add(Path.of("/lib/younger"), false, -3600 * SECOND);
        younger.change();
        clocks.seen(younger.stamp(), clock.nowNanos());

        assertThat(isCurrent(load(""))).isTrue();
    }

    @Test
    void fileThatWasWatchedAtTheReadAndNotReportedSinceIsTheLoadedVersion() {
        justChanged();
        watch();
        clock.advance(1);
        LoadedVersion load = load("");
        assertThat(isCurrent(load)).isTrue();

        file.change(); // within one tick

        assertThat(isCurrent(load)).isFalse();
    }

    @Test
    void changeThatWasOlderThanATickIsThatOfTheLoadedVersionIfTheKernelReportsChanges() {
        justChanged();
        clock.advance(SECOND);
        LoadedVersion load = load("");
        clock.advance(1);

        watch();

        assertThat(isCurrent(load)).isTrue();
    }

    @Test
    void versionIsUnknownIfTheChangeWasYoungerThanATick() {
        justChanged();
        LoadedVersion load = load("");
        clock.advance(1);

        watch();

        assertThat(isCurrent(load)).isFalse();
    }

    @Test
    void versionIsUnknownIfAnotherClockMadeTheStamp() {
        onAFileServer();
        justChanged();
        clock.advance(SECOND);
        LoadedVersion load = load("");
        clock.advance(1);

        watch();

        assertThat(isCurrent(load)).isFalse();
    }

    @Test
    void fileOfWhichOnlyTheNameIsKnownIsCurrentIfItWasWatchedSinceTheStart() {
        justChanged();
        LoadedVersion before = nameOnly();
        clock.advance(SECOND);
        watch();
        clock.advance(1);

        assertThat(isCurrent(nameOnly())).isTrue();
        assertThat(isCurrent(before)).isFalse();
    }

    @Test
    void fileOfWhichOnlyTheNameIsKnownIsNotCurrentAfterAReport() {
        watch();
        clock.advance(SECOND);

        assertThat(isStillCurrent(nameOnly())).isFalse();
    }

    @Test
    void fileIsStillCurrentIfItIsTheLoadedVersionAfterAReport() {
        watch();
        clock.advance(SECOND);

        assertThat(isStillCurrent(load(""))).isTrue();
    }

    @Test
    void changeOfTheLoadedInodeProvesNothingAboutAClockThatGoesBack() {
        FakeFile other = files.add(Path.of("/lib/other"), false, 0);
        onAFileServer();
        clock.advance(SECOND);
        other.change();
        clocks.seen(other.stamp(), clock.nowNanos()); // the same device shows an hour more
        LoadedVersion load = load("");
        clock.advance(SECOND);
        watch();
        assertThat(isCurrent(load)).isTrue();

        file.change(); // its stamp is older than the clock has shown

        assertThat(isStillCurrent(load)).isFalse();
        assertThat(isCurrent(load(""))).as("the clock counts no more").isFalse();
    }

    /** Only versions count here. */
    private static final class NoReports implements TrackedFile.Listener {

        @Override
        public void changed(TrackedFile changed) {
            // the test asks
        }

        @Override
        public void beingWritten(Path path) {
            // the test asks
        }

        @Override
        public void watched(TrackedFile watched, boolean exists) {
            // the test asks
        }
    }
}
