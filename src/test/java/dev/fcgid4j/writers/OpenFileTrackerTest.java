/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.Writers;
import dev.fcgid4j.testkit.KernelWatches;
import dev.fcgid4j.watch.FileWatcher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenFileTrackerTest {

    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final String KERNEL = System.getProperty("os.version");

    @TempDir
    private Path temp;

    private Path folder;
    private long inode;
    private long nanos;
    private int asked;
    private boolean tellable = true;
    private OpenFileTracker tracker;
    private final Set<WatchedFile> opened = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void open() throws Exception {
        folder = temp.toRealPath();
        inode = KernelWatches.inode(folder);
        assumeTrue(Inotify.tellsOfOpeningFirst(System.getProperty("os.version")), "Linux before 6.5");
        tracker = OpenFileTracker.open(QUIET, () -> nanos, KERNEL, this::ask);
    }

    /** So long after a question that the next opening is not taken for its echo. */
    private void longAfter() {
        passSeconds(3);
    }

    @AfterEach
    void close() {
        if (tracker != null) {
            tracker.close();
        }
    }

    private Writers.Known ask(String path, Runnable whileUnwritten) {
        asked++;
        return tellable ? Writers.of(path, whileUnwritten) : Writers.Known.UNKNOWN;
    }

    private WatchedFile listen(Path file) {
        WatchedFile watched = watched(file);
        assertThat(tracker.listen(folder, List.of(watched))).isTrue();
        tracker.forgetRead();
        return watched;
    }

    private WatchedFile watched(Path file) {
        UnreportedChange change = new UnreportedChange(file, 1, () -> nanos, () -> 0);
        WatchedFile watched = new WatchedFile(file, NO_LISTENER, path -> false, change);
        if (tellable) {
            watched.begin();
        }
        watched.trackedIn(opened);
        return watched;
    }

    private void passSeconds(int seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
        tracker.tick();
    }

    private static void read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(in.read()).isPositive();
        }
    }

    @Test
    void openedFileMayHaveAWriterUntilTheKernelSaysThatItHasNone() throws Exception {
        WatchedFile one = listen(Files.writeString(folder.resolve("one"), "1"));
        WatchedFile two = listen(Files.writeString(folder.resolve("two"), "2"));
        assertThat(opened).as("they have no writer").isEmpty();
        assertThat(asked).isEqualTo(2);
        longAfter();

        read(one.path());
        assertThat(opened).as("not drained yet").isEmpty();
        tracker.drain();
        assertThat(opened).containsExactly(one);

        nanos += TimeUnit.SECONDS.toNanos(1) - 1;
        tracker.tick();
        assertThat(opened).as("it may be opened at each request").containsExactly(one);
        assertThat(asked).isEqualTo(2);
        nanos++;
        tracker.tick();
        assertThat(opened).isEmpty();
        assertThat(asked).isEqualTo(3);
        tracker.drain();
        assertThat(opened).as("the question opens it too").isEmpty();
        passSeconds(1);
        assertThat(asked).isEqualTo(3);

        read(two.path());
        tracker.drain();
        assertThat(opened).containsExactly(two);
    }

    @Test
    void fileStaysOpenUntilItsWriterCloses() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        try (FileChannel before = FileChannel.open(file, StandardOpenOption.WRITE)) {
            WatchedFile watched = listen(file);
            assertThat(opened).as("the writer came before").containsExactly(watched);
            passSeconds(1);
            assertThat(opened).containsExactly(watched);
            assertThat(before.isOpen()).isTrue();
        }
        passSeconds(1);
        assertThat(opened).isEmpty();
    }

    @Test
    void severalListenersAskOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        WatchedFile first = listen(file);
        WatchedFile second = listen(file);
        longAfter();
        read(file);
        tracker.drain();
        assertThat(opened).containsExactlyInAnyOrder(first, second);
        int before = asked;
        for (int i = 0; i < 5; i++) {
            passSeconds(1);
        }
        assertThat(asked).isEqualTo(before + 1);
        assertThat(opened).isEmpty();

        tracker.end(first);
        read(file);
        tracker.drain();
        assertThat(opened).containsExactly(second);
        tracker.end(second);
        longAfter();
        assertThat(asked).as("there is no listener").isEqualTo(before + 1);
    }

    /** As several servers on one host: each question is an opening for the others. */
    @Test
    void severalTrackersDoNotAskInTurnForEver() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        List<OpenFileTracker> others = List.of(another(), another());
        try {
            Set<WatchedFile> theirs = ConcurrentHashMap.newKeySet();
            for (OpenFileTracker other : others) {
                WatchedFile watched = watched(file);
                watched.trackedIn(theirs);
                assertThat(other.listen(folder, List.of(watched))).isTrue();
            }
            listen(file);
            for (int i = 0; i < 20; i++) {
                others.forEach(OpenFileTracker::tick);
                passSeconds(1);
            }
            int before = asked;
            assertThat(before).isLessThanOrEqualTo(9);
            for (int i = 0; i < 100; i++) {
                others.forEach(OpenFileTracker::tick);
                passSeconds(1);
            }
            assertThat(asked).as("the questions end").isEqualTo(before);
            assertThat(opened).isEmpty();
            assertThat(theirs).isEmpty();
        } finally {
            others.forEach(OpenFileTracker::close);
        }
    }

    private long kernelWatches() throws IOException {
        return KernelWatches.on(inode, Inotify.OPEN);
    }

    private OpenFileTracker another() {
        return OpenFileTracker.open(QUIET, () -> nanos, KERNEL, this::ask);
    }

    @Test
    void newListenerOfAnOpenFileLearnsOfTheNextOpeningLikeTheOthers() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        WatchedFile first = listen(file);
        WatchedFile second = watched(file);
        assertThat(tracker.listen(folder, List.of(second))).isTrue();
        assertThat(opened).as("not known for the new one").containsExactly(second);
        read(file);
        tracker.drain();
        assertThat(opened).containsExactlyInAnyOrder(first, second);
    }

    /** As another user's file: a question has no answer, and would open the file each time. */
    @Test
    void fileOfUnknownWritersIsForgottenAfterTheQuietTime() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        tellable = false;
        WatchedFile watched = listen(file);
        assertThat(opened).containsExactly(watched);
        passSeconds(2);
        assertThat(opened).containsExactly(watched);
        read(file);
        passSeconds(2);
        assertThat(opened).as("opened again meanwhile").containsExactly(watched);
        passSeconds(2);
        assertThat(opened).containsExactly(watched);
        passSeconds(1);
        assertThat(opened).isEmpty();
        assertThat(asked).isEqualTo(1);
    }

    /** The stamp that is read before the file is forgotten shows the next change. */
    @Test
    void changeOfAFileOfUnknownWritersIsFound() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        tellable = false;
        WatchedFile watched = listen(file);
        for (int i = 0; i < 3; i++) {
            passSeconds(3);
        }
        assertThat(opened).isEmpty();
        Files.delete(file);
        assertThat(watched.isBeingChanged()).isTrue();
    }

    /** The kernel watches another folder then than the one on the path. */
    @Test
    void fileWhosePathHasChangedStaysOpen() throws Exception {
        WatchedFile watched = listen(Files.writeString(folder.resolve("file"), "1"));
        assertThat(opened).isEmpty();
        watched.reports().changed(watched.path());
        assertThat(opened).isEmpty();
        watched.reports().pathChanged(watched.path());
        assertThat(opened).containsExactly(watched);
        read(watched.path());
        longAfter();
        longAfter();
        assertThat(opened).containsExactly(watched);
    }

    @Test
    void missingFileIsForgotten() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        WatchedFile watched = listen(file);
        read(file);
        tracker.drain();
        assertThat(opened).containsExactly(watched);
        Files.delete(file);
        passSeconds(1);
        assertThat(opened).as("it may come back").containsExactly(watched);
        passSeconds(1);
        assertThat(opened).isEmpty();
        Files.writeString(file, "2");
        tracker.drain();
        assertThat(opened).as("its creator opens it").containsExactly(watched);
    }

    @Test
    void everyFileMayBeOpenWhenTheQueueOverflows() throws Exception {
        WatchedFile one = listen(Files.writeString(folder.resolve("one"), "1"));
        WatchedFile two = listen(Files.writeString(folder.resolve("two"), "2"));
        WatchedFile three = listen(Files.writeString(folder.resolve("three"), "3"));
        int limit;
        try (BufferedReader in = Files.newBufferedReader(Path.of("/proc/sys/fs/inotify/max_queued_events"))) {
            limit = Integer.parseInt(in.readLine());
        }
        for (int i = 0; i <= limit / 2; i++) {
            read(one.path());
            read(two.path()); // the same twice in a row is one event
        }
        tracker.drain();
        assertThat(opened).containsExactlyInAnyOrder(one, two, three);
        passSeconds(1);
        tracker.drain();
        assertThat(opened).isEmpty();
    }

    @Test
    void unusedWatchesAreRemoved() throws Exception {
        WatchedFile one = listen(Files.writeString(folder.resolve("one"), "1"));
        WatchedFile two = listen(Files.writeString(folder.resolve("two"), "2"));
        assertThat(kernelWatches()).isEqualTo(1);
        tracker.end(one);
        tracker.tick();
        read(two.path());
        tracker.drain();
        assertThat(opened).containsExactly(two);
        tracker.end(two);
        tracker.tick();
        assertThat(kernelWatches()).isZero();

        WatchedFile again = listen(two.path());
        read(again.path());
        tracker.drain();
        assertThat(opened).containsExactlyInAnyOrder(again);
    }

    @Test
    void removedFolderEndsItsFiles() throws Exception {
        folder = Files.createDirectory(folder.resolve("inner"));
        inode = KernelWatches.inode(folder);
        Path file = Files.writeString(folder.resolve("file"), "1");
        listen(file);
        Files.delete(file);
        Files.delete(folder);
        tracker.tick();
        assertThat(kernelWatches()).isZero();
        assertThat(tracker.listen(folder, List.of(watched(file)))).isFalse();
    }

    /** The kernel serves one descriptor after the other. Many others make the time before ours longer. */
    @Test
    void openingIsReportedBeforeTheFileIsTruncated() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        WatchedFile watched = listen(file);
        List<Inotify> crowd = new ArrayList<>();
        Editor editor = new Editor(file);
        try {
            for (int i = 0; i < 40; i++) {
                Inotify each = Inotify.open();
                crowd.add(each);
                each.addDirectory(folder.toString(), Inotify.OPEN | Inotify.MODIFY);
            }
            editor.start();
            int empty = 0;
            int forgotten = 0;
            for (int i = 0; i < 1_000_000 && (empty < 10_000 || forgotten == 0); i++) {
                nanos += TimeUnit.SECONDS.toNanos(3);
                tracker.tick(); // forgets it, unless the editor has it open
                forgotten += opened.isEmpty() ? 1 : 0;
                if (Files.size(file) == 0) {
                    empty++;
                    tracker.drain();
                    assertThat(opened).as("time %d", empty).containsExactly(watched);
                }
            }
            assertThat(empty).isPositive();
            assertThat(forgotten).isPositive();
        } finally {
            editor.end();
            crowd.forEach(Inotify::close);
        }
    }

    /** Truncates and writes a file again and again. */
    private static final class Editor extends Thread {
        private final Path file;
        private volatile boolean done;

        Editor(Path file) {
            super("editor");
            this.file = file;
        }

        @Override
        public void run() {
            try {
                while (!done) {
                    Files.writeString(file, "1");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void end() throws InterruptedException {
            done = true;
            join(TimeUnit.SECONDS.toMillis(30));
            assertThat(isAlive()).as("the editor goes on").isFalse();
        }
    }

    private static final FileWatcher.FileListener NO_LISTENER = new FileWatcher.FileListener() {
        @Override
        public void changed(Path file) {
            // only openings count here
        }

        @Override
        public void beingWritten(Path file) {
            // only openings count here
        }
    };
}
