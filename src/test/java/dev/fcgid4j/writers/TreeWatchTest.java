/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.Glob;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns of FcgidWatch, with inotify, and by polling with a stepped clock. */
class TreeWatchTest {

    private static final String TEMPLATES = "views/**/*.tmpl";

    @TempDir
    private Path temp;

    private Path folder;
    private Path shared; // outside of the folder
    private Path sharedFile;
    private final AtomicLong clock = new AtomicLong(1);
    private final AtomicInteger changes = new AtomicInteger();

    private interface Edit {
        void run() throws Exception;
    }

    @BeforeEach
    void makeFolder() throws Exception {
        folder = Files.createDirectories(temp.toRealPath().resolve("site"));
        shared = Files.createDirectories(temp.resolve("shared"));
        sharedFile = Files.writeString(shared.resolve("x.tmpl"), "1");
    }

    private Path viewsFolder() throws Exception {
        return Files.createDirectories(folder.resolve("views"));
    }

    private int changesAfter(boolean inotify, String pattern, Edit edit) throws Exception {
        WatchSettings settings = new WatchSettings(inotify, Duration.ofSeconds(1), Duration.ofSeconds(1));
        try (InotifyWatcher watcher = InotifyWatcher.create(settings, clock::get);
                TreeWatch tree = TreeWatch.arm(
                        watcher,
                        detector(watcher, settings),
                        List.of(new Glob(folder, pattern)),
                        new FileWatcher.FileListener() {
                            @Override
                            public void changed(Path file) {
                                changes.incrementAndGet();
                            }

                            @Override
                            public void beingWritten(Path file) {
                                // counts when it is complete
                            }
                        })) {
            assertThat(tree.immediate()).isEqualTo(inotify);
            for (int i = 0; i < 5; i++) {
                look(watcher);
            }
            assertThat(changes).as("nothing changed yet").hasValue(0);
            edit.run();
            look(watcher);
            return changes.get();
        }
    }

    private WriterDetector detector(InotifyWatcher watcher, WatchSettings settings) {
        return KernelWriterDetector.create(watcher, settings, clock::get, System.getProperty("os.version"));
    }

    private void look(InotifyWatcher watcher) {
        watcher.drain();
        watcher.tick(clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(1001)));
    }

    private void switchTo(Path link, Path target) throws Exception {
        Path fresh = Files.createSymbolicLink(folder.resolve("fresh"), target);
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rootMayBeASymbolicLink(boolean inotify) throws Exception {
        Files.createSymbolicLink(folder.resolve("views"), shared);

        assertThat(changesAfter(inotify, TEMPLATES, () -> Files.writeString(sharedFile, "2")))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void folderBelowTheRootMayBeASymbolicLink(boolean inotify) throws Exception {
        Files.createSymbolicLink(viewsFolder().resolve("sub"), shared);

        assertThat(changesAfter(inotify, TEMPLATES, () -> Files.writeString(sharedFile, "2")))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newFileBehindALinkCounts(boolean inotify) throws Exception {
        Files.createSymbolicLink(viewsFolder().resolve("sub"), shared);

        assertThat(changesAfter(inotify, TEMPLATES, () -> Files.writeString(shared.resolve("new.tmpl"), "1")))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void linkedFolderThatIsSwitchedCounts(boolean inotify) throws Exception {
        Path one = Files.createDirectories(temp.resolve("one"));
        Path two = Files.createDirectories(temp.resolve("two"));
        Path link = viewsFolder().resolve("sub");
        Files.createSymbolicLink(link, one);

        assertThat(changesAfter(inotify, TEMPLATES, () -> switchTo(link, two))).isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void linkToADirectoryAboveItIsNoTrap(boolean inotify) throws Exception {
        Path views = viewsFolder();
        Path file = Files.writeString(views.resolve("x.tmpl"), "1");
        Files.createSymbolicLink(views.resolve("again"), views);

        assertThat(changesAfter(inotify, TEMPLATES, () -> Files.writeString(file, "2")))
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherFilesDoNotCount(boolean inotify) throws Exception {
        Files.writeString(folder.resolve("app.ini"), "1");
        Path below = Files.createDirectories(folder.resolve("sub"));

        assertThat(changesAfter(inotify, "**/*.ini", () -> {
                    Files.writeString(folder.resolve("upload"), "x");
                    Files.writeString(below.resolve("upload"), "x");
                }))
                .isZero();
    }
}
