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
    private OpenFileTracker openings;
    private final Set<WatchedFile> opened = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void open() throws Exception {
        folder = temp.toRealPath();
        inode = KernelWatches.inode(folder);
        assumeTrue(Inotify.tellsOfOpeningFirst(System.getProperty("os.version")), "Linux before 6.5");
        openings = OpenFileTracker.open(QUIET, () -> nanos, KERNEL, this::ask);
    }

    /** So that whoever opens a file now is asked of, and not only looked at. */
    private void longAfter() {
        passSeconds(3);
    }

    @AfterEach
    void close() {
        if (openings != null) {
            openings.close();
        }
    }

    private Writers.Known ask(String path, Runnable whileNobodyWrites) {
        asked++;
        return tellable ? Writers.of(path, whileNobodyWrites) : Writers.Known.UNKNOWN;
    }

    private WatchedFile listen(Path file) {
        WatchedFile registration = registration(file);
        assertThat(openings.listen(folder, List.of(registration))).isTrue();
        openings.forgetRead();
        return registration;
    }

    private WatchedFile registration(Path file) {
        UnreportedChange change = new UnreportedChange(file, 1, () -> nanos, () -> 0);
        WatchedFile registration = new WatchedFile(file, NOBODY, path -> false, change);
        if (tellable) {
            registration.begin();
        }
        registration.trackedIn(opened);
        return registration;
    }

    private void passSeconds(int seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
        openings.tick();
    }

    private static void read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            assertThat(in.read()).isPositive();
        }
    }

    @Test
    void whoeverOpensAFileMayWriteItUntilItIsKnownThatHeOnlyReads() throws Exception {
        WatchedFile one = listen(Files.writeString(folder.resolve("one"), "1"));
        WatchedFile two = listen(Files.writeString(folder.resolve("two"), "2"));
        assertThat(opened).as("nobody writes them").isEmpty();
        assertThat(asked).isEqualTo(2);
        longAfter();

        read(one.path());
        assertThat(opened).as("nobody has looked").isEmpty();
        openings.drain();
        assertThat(opened).containsExactly(one);

        nanos += TimeUnit.SECONDS.toNanos(1) - 1;
        openings.tick();
        assertThat(opened).as("it may be opened at each request").containsExactly(one);
        assertThat(asked).isEqualTo(2);
        nanos++;
        openings.tick();
        assertThat(opened).isEmpty();
        assertThat(asked).isEqualTo(3);
        openings.drain();
        assertThat(opened).as("asking opens it too").isEmpty();
        passSeconds(1);
        assertThat(asked).isEqualTo(3);

        read(two.path());
        openings.drain();
        assertThat(opened).containsExactly(two);
    }

    @Test
    void whoWritesStaysUntilHeCloses() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        try (FileChannel before = FileChannel.open(file, StandardOpenOption.WRITE)) {
            WatchedFile registration = listen(file);
            assertThat(opened).as("who came before").containsExactly(registration);
            passSeconds(1);
            assertThat(opened).containsExactly(registration);
            assertThat(before.isOpen()).isTrue();
        }
        passSeconds(1);
        assertThat(opened).isEmpty();
    }

    @Test
    void severalListenersDoNotKeepEachOtherAwake() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        WatchedFile first = listen(file);
        WatchedFile second = listen(file);
        longAfter();
        read(file);
        openings.drain();
        assertThat(opened).containsExactlyInAnyOrder(first, second);
        int before = asked;
        for (int i = 0; i < 5; i++) {
            passSeconds(1);
        }
        assertThat(asked).isEqualTo(before + 1);
        assertThat(opened).isEmpty();

        openings.end(first);
        read(file);
        openings.drain();
        assertThat(opened).containsExactly(second);
        openings.end(second);
        longAfter();
        assertThat(asked).as("nobody wants to know").isEqualTo(before + 1);
    }

    /** As two servers on one host: each asking tells the others that the file was opened. */
    @Test
    void severalWatchersDoNotKeepEachOtherAwake() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        List<OpenFileTracker> others = List.of(another(), another());
        try {
            Set<WatchedFile> theirs = ConcurrentHashMap.newKeySet();
            for (OpenFileTracker other : others) {
                WatchedFile registration = registration(file);
                registration.trackedIn(theirs);
                assertThat(other.listen(folder, List.of(registration))).isTrue();
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
            assertThat(asked).as("they sleep").isEqualTo(before);
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
    void whoListensToAnOpenFileIsToldOfTheNextOpeningLikeTheOthers() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        WatchedFile first = listen(file);
        WatchedFile second = registration(file);
        assertThat(openings.listen(folder, List.of(second))).isTrue();
        assertThat(opened).as("of whom it isn't known").containsExactly(second);
        read(file);
        openings.drain();
        assertThat(opened).containsExactlyInAnyOrder(first, second);
    }

    /** Another user's file: asking is in vain, and would open it again each time. */
    @Test
    void ofWhomNothingCanBeToldIsForgottenAfterTheQuietTime() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        tellable = false;
        WatchedFile registration = listen(file);
        assertThat(opened).containsExactly(registration);
        passSeconds(2);
        assertThat(opened).containsExactly(registration);
        read(file);
        passSeconds(2);
        assertThat(opened).as("opened again meanwhile").containsExactly(registration);
        passSeconds(2);
        assertThat(opened).containsExactly(registration);
        passSeconds(1);
        assertThat(opened).isEmpty();
        assertThat(asked).isEqualTo(1);
    }

    /** What is known of it before it is forgotten is what the next change is told by. */
    @Test
    void ofWhomNothingCanBeToldItIsKnownWhatHeLooksLike() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        tellable = false;
        WatchedFile registration = listen(file);
        for (int i = 0; i < 3; i++) {
            passSeconds(3);
        }
        assertThat(opened).isEmpty();
        Files.delete(file);
        assertThat(registration.isBeingChanged()).isTrue();
    }

    /** Then the kernel watches another folder than the one that the path leads to. */
    @Test
    void aFileWhoseWayHasChangedStays() throws Exception {
        WatchedFile registration = listen(Files.writeString(folder.resolve("file"), "1"));
        assertThat(opened).isEmpty();
        registration.reports().changed(registration.path());
        assertThat(opened).isEmpty();
        registration.reports().pathChanged(registration.path());
        assertThat(opened).containsExactly(registration);
        read(registration.path());
        longAfter();
        longAfter();
        assertThat(opened).containsExactly(registration);
    }

    @Test
    void whatIsAwayIsForgotten() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        WatchedFile registration = listen(file);
        read(file);
        openings.drain();
        assertThat(opened).containsExactly(registration);
        Files.delete(file);
        passSeconds(1);
        assertThat(opened).as("it may come back").containsExactly(registration);
        passSeconds(1);
        assertThat(opened).isEmpty();
        Files.writeString(file, "2");
        openings.drain();
        assertThat(opened).as("whoever creates it opens it").containsExactly(registration);
    }

    @Test
    void whenTheQueueIsFullEveryFileMayBeOpen() throws Exception {
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
        openings.drain();
        assertThat(opened).containsExactlyInAnyOrder(one, two, three);
        passSeconds(1);
        openings.drain();
        assertThat(opened).isEmpty();
    }

    @Test
    void watchesAreGivenBack() throws Exception {
        WatchedFile one = listen(Files.writeString(folder.resolve("one"), "1"));
        WatchedFile two = listen(Files.writeString(folder.resolve("two"), "2"));
        assertThat(kernelWatches()).isEqualTo(1);
        openings.end(one);
        openings.tick();
        read(two.path());
        openings.drain();
        assertThat(opened).containsExactly(two);
        openings.end(two);
        openings.tick();
        assertThat(kernelWatches()).isZero();

        WatchedFile again = listen(two.path());
        read(again.path());
        openings.drain();
        assertThat(opened).containsExactlyInAnyOrder(again);
    }

    @Test
    void aFolderThatIsRemovedTakesItsFilesAlong() throws Exception {
        folder = Files.createDirectory(folder.resolve("inner"));
        inode = KernelWatches.inode(folder);
        Path file = Files.writeString(folder.resolve("file"), "1");
        listen(file);
        Files.delete(file);
        Files.delete(folder);
        openings.tick();
        assertThat(kernelWatches()).isZero();
        assertThat(openings.listen(folder, List.of(registration(file)))).isFalse();
    }

    /** The kernel tells one descriptor after the other; a crowd of others makes the moment before our turn longer. */
    @Test
    void anOpeningIsToldOfBeforeTheFileIsTruncated() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "1");
        WatchedFile registration = listen(file);
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
            for (int i = 0; i < 1_000_000 && empty < 10_000; i++) {
                nanos += TimeUnit.SECONDS.toNanos(3);
                openings.tick(); // forgets it, unless the editor has it open
                forgotten += opened.isEmpty() ? 1 : 0;
                if (Files.size(file) == 0) {
                    empty++;
                    openings.drain();
                    assertThat(opened).as("time %d", empty).containsExactly(registration);
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

    private static final FileWatcher.FileListener NOBODY = new FileWatcher.FileListener() {
        @Override
        public void changed(Path file) {
            // only its openings are asked for
        }

        @Override
        public void beingWritten(Path file) {
            // only its openings are asked for
        }
    };
}
