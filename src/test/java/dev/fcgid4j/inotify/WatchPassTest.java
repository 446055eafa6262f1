/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.FileReports;
import dev.fcgid4j.watch.PathChain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths that are altered at a known moment: right after they were followed. */
class WatchPassTest {

    @TempDir
    private Path temp;

    private Path site;
    private Path file;
    private final WatchTable table = new WatchTable();
    private final FileReports reports = new FileReports();
    private InotifyQueue queue;
    private WatchPass.Tools tools;
    private WatchInstaller installer;
    private int follows;
    private Alteration alteration = follow -> {};
    private Edit beforeNoting = () -> {};

    /** What another process does. */
    private interface Edit {
        void run() throws IOException;
    }

    /** The owner's lock, which a pass takes to note its interests, after it has watched the directories. */
    private final class NotingLock extends ReentrantLock {
        private static final long serialVersionUID = 1L;

        @Override
        public void lock() {
            Edit edit = beforeNoting;
            beforeNoting = () -> {};
            try {
                edit.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            super.lock();
        }
    }

    /** What another process does after a path was followed for the nth time. */
    private interface Alteration {
        void after(int follow) throws IOException;
    }

    @BeforeEach
    void open() throws Exception {
        site = Files.createDirectories(temp.toRealPath().resolve("site"));
        file = Files.writeString(Files.createDirectory(site.resolve("lib")).resolve("a.pm"), "one");
        queue = InotifyQueue.open(new NotingLock());
        tools = new WatchPass.Tools(queue, table, new DirectoryWatches(queue, Duration.ofSeconds(1)), this::follow);
        installer = new WatchInstaller(tools);
    }

    @AfterEach
    void close() {
        queue.close(table::clear);
    }

    private PathChain follow(Path path, PathChain.Names seen) {
        PathChain chain = PathChain.of(path, seen);
        try {
            alteration.after(++follows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return chain;
    }

    private Subscription subscription(Path path) {
        Subscription subscription = new Subscription(path, new ReportTarget.ToFile(reports), ended -> {});
        table.register(subscription);
        return subscription;
    }

    /** Puts a new directory in the place of one on the path. */
    private void replaceLib() throws IOException {
        Path fresh = Files.createDirectory(site.resolve("fresh"));
        Files.writeString(fresh.resolve("a.pm"), "two");
        Files.move(site.resolve("lib"), site.resolve("old" + follows));
        Files.move(fresh, site.resolve("lib"));
    }

    @Test
    void pathThatIsNotAlteredIsFollowedTwice() {
        Subscription watched = subscription(file);

        installer.files(List.of(watched));

        assertThat(watched.immediate()).isTrue();
        assertThat(follows).isEqualTo(2);
        assertThat(table.fileInterest(watched)).isPresent();
    }

    @Test
    void directoryThatIsReplacedBeforeItIsWatchedIsWatchedInItsPlace() throws Exception {
        Subscription watched = subscription(file);
        alteration = follow -> {
            if (follow == 1) {
                replaceLib();
            }
        };

        installer.files(List.of(watched));

        assertThat(follows).as("one pass").isEqualTo(2);
        assertIsWatched(watched);
    }

    @Test
    void directoryThatIsReplacedAfterItWasWatchedNeedsAnotherPass() throws Exception {
        Subscription watched = subscription(file);
        beforeNoting = this::replaceLib;

        installer.files(List.of(watched));

        assertThat(follows).as("two passes").isEqualTo(3);
        assertIsWatched(watched);
    }

    /** It was watched to find out whether it is the same one. */
    @Test
    void watchOfADirectoryThatHasLeftThePathIsUnused() throws Exception {
        Subscription watched = subscription(file);
        beforeNoting = this::replaceLib;
        alteration = follow -> {
            if (follow == 2) {
                replaceLib();
            }
        };

        installer.files(List.of(watched));

        assertIsWatched(watched);
        assertThat(table.takeUnused()).hasSize(1);
    }

    private void assertIsWatched(Subscription watched) throws Exception {
        assertThat(watched.immediate()).isTrue();
        queue.read();
        Files.writeString(file, "three");
        assertThat(queue.read()).anyMatch(event -> table.concerned(event.watch(), event.name()).stream()
                .anyMatch(interest -> interest.owner() == watched));
    }

    @Test
    void pathThatIsAlteredFiftyTimesIsWatched() {
        Path one = site.resolve("lib");
        Path link = site.resolve("current");
        alteration = follow -> {
            if (follow <= 50) {
                Path target = follow % 2 == 0 ? one : site;
                Path fresh = Files.createSymbolicLink(site.resolve("fresh"), target);
                Files.move(fresh, link, StandardCopyOption.REPLACE_EXISTING);
            }
        };
        Subscription watched = subscription(link.resolve("a.pm"));

        installer.files(List.of(watched));

        assertThat(watched.immediate()).isTrue();
        assertThat(follows).isGreaterThan(50);
    }

    @Test
    void pathThatIsAlteredInEachPassIsCompared() {
        Path link = site.resolve("current");
        alteration = follow -> {
            Path fresh = Files.createSymbolicLink(site.resolve("fresh"), Path.of("/" + follow));
            Files.move(fresh, link, StandardCopyOption.REPLACE_EXISTING);
        };
        Subscription watched = subscription(link.resolve("a.pm"));

        installer.files(List.of(watched));

        assertThat(watched.immediate()).isFalse();
        assertThat(follows)
                .as("one for each of a hundred passes, and the first")
                .isEqualTo(101);
    }

    @Test
    void onlyAlteredPathsGetAnotherPass() throws Exception {
        Subscription other = subscription(Files.writeString(site.resolve("b.pm"), "one"));
        Subscription watched = subscription(file);
        WatchPass pass = WatchPass.over(tools, (each, chain) -> List.of(), List.of(other, watched));
        Files.move(site.resolve("lib"), site.resolve("gone"));

        WatchPass next = pass.install();

        assertThat(pass.subscriptions()).containsExactly(other, watched);
        assertThat(next.subscriptions()).containsExactly(watched);
    }

    @Test
    void namesOfADirectoryThatDoesNotExistAreCompared() {
        Subscription watched = subscription(site.resolve("nothing"));

        installer.names(watched, DirectoryInterest.Kind.NAMES);

        assertThat(watched.immediate()).isFalse();
    }

    @Test
    void nothingIsImmediateWithoutADescriptor() {
        InotifyQueue none = InotifyQueue.unavailable(new ReentrantLock());
        Subscription watched = subscription(file);

        new WatchInstaller(new WatchPass.Tools(
                        none, table, new DirectoryWatches(none, Duration.ofSeconds(1)), this::follow))
                .files(List.of(watched));

        assertThat(watched.immediate()).isFalse();
        assertThat(follows).isZero();
    }
}
