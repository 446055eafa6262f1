/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.testkit.KernelWatches;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.WatchSettings;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes are not drained here unless a test says so: a writer that is found was not reported before. */
class WriterWatchTest {

    private static final String NEW = "6.5.0-1-amd64";
    private static final String OLD = "6.1.0-18-amd64";

    @TempDir
    private Path temp;

    private Path folder;
    private long nanos;
    private InotifyWatcher watcher;
    private final AtomicInteger changes = new AtomicInteger();
    private final FileWatcher.FileListener listener = new FileWatcher.FileListener() {
        @Override
        public void changed(Path file) {
            changes.incrementAndGet();
        }

        @Override
        public void beingWritten(Path file) {
            // counts when it is complete
        }
    };

    @BeforeEach
    void makeFolder() throws Exception {
        folder = Files.createDirectory(temp.toRealPath().resolve("lib"));
    }

    @AfterEach
    void close() {
        if (watcher != null) {
            watcher.close();
        }
    }

    private WriterWatch watch(String kernel, List<Path> files) {
        return detector(kernel).watchMany(files, listener);
    }

    private WriterDetector detector(String kernel) {
        watcher = InotifyWatcher.create(WatchSettings.defaults(), () -> nanos);
        return KernelWriterDetector.create(watcher, WatchSettings.defaults(), () -> nanos, kernel);
    }

    private Path atRest(String name) throws Exception {
        Path file = Files.writeString(folder.resolve(name), "one");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        return file;
    }

    private List<Path> manyAtRest(int count) throws Exception {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(atRest("file" + i));
        }
        return files;
    }

    @ParameterizedTest
    @ValueSource(strings = {NEW, OLD})
    void writerThatTruncatesAFileIsFound(String kernel) throws Exception {
        List<Path> files = manyAtRest(100);
        try (WriterWatch watch = watch(kernel, files)) {
            assertThat(watch.immediate()).isTrue();
            assertThat(watch.isBeingChanged()).isFalse();
            try (OutputStream open = Files.newOutputStream(files.get(99))) {
                assertThat(watch.isBeingChanged()).as("truncated").isTrue();
                open.write(1);
                assertThat(watch.isBeingChanged()).as("being written").isTrue();
                nanos += TimeUnit.MILLISECONDS.toNanos(900);
                watcher.tick(nanos);
                assertThat(watch.isBeingChanged()).as("still").isTrue();
            }
            assertThat(watch.isBeingChanged()).as("that is reported").isFalse();
        }
    }

    @Test
    void writerOfOneOfVeryManyFilesIsFound() throws Exception {
        List<Path> files = manyAtRest(3_000);
        try (WriterWatch watch = watch(NEW, files)) {
            assertThat(watch.isBeingChanged()).isFalse();
            try (OutputStream open = Files.newOutputStream(files.get(2_999))) {
                assertThat(watch.isBeingChanged()).isTrue();
                open.write(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NEW, OLD})
    void writerThatOnlyKeepsAFileOpenIsNotFoundUntilItWrites(String kernel) throws Exception {
        Path file = atRest("file");
        try (WriterWatch watch = watch(kernel, List.of(file));
                FileChannel open = openLater(file)) {
            for (int i = 0; i < 3; i++) {
                assertThat(watch.isBeingChanged()).isFalse();
                nanos += TimeUnit.SECONDS.toNanos(2);
                watcher.tick(nanos);
            }
            open.write(ByteBuffer.wrap(new byte[1]));
            assertThat(watch.isBeingChanged()).isTrue();
        }
    }

    /** Opens a file so late that the opening is not taken for that of the search for its writers. */
    private FileChannel openLater(Path file) throws Exception {
        nanos += TimeUnit.SECONDS.toNanos(3);
        return FileChannel.open(file, StandardOpenOption.WRITE);
    }

    /** The moment of the removal itself: {@code DirectoryBarrierTest}. */
    @Test
    void removedFileIsReported() throws Exception {
        Path file = atRest("file");
        try (WriterWatch watch = watch(NEW, List.of(file))) {
            Files.delete(file);
            assertThat(watch.isBeingChanged()).isFalse();
            assertThat(changes).hasValue(0);
            watcher.drain();
            assertThat(changes).hasPositiveValue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NEW, OLD})
    void filesOfAMovedFolderAreFound(String kernel) throws Exception {
        Path file = atRest("file");
        try (WriterWatch watch = watch(kernel, List.of(file))) {
            Path aside = folder.resolveSibling("aside");
            Files.move(folder, aside);
            assertThat(watch.isBeingChanged()).isTrue();
            Files.move(aside, folder);
            assertThat(watch.isBeingChanged()).isFalse();
            Files.move(folder, aside);
            assertThat(watch.isBeingChanged()).isTrue();
            nanos += WatchSettings.defaults().quietTime().toNanos();
            assertThat(watch.isBeingChanged())
                    .as("the folder doesn't come back")
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NEW, OLD})
    void writerThatUsesAnotherNameIsFound(String kernel) throws Exception {
        Path file = atRest("file");
        Path elsewhere = Files.createLink(folder.resolveSibling("elsewhere"), file);
        try (WriterWatch watch = watch(kernel, List.of(file, atRest("other")))) {
            assertThat(watch.isBeingChanged()).isFalse();
            try (OutputStream open = Files.newOutputStream(elsewhere)) {
                assertThat(watch.isBeingChanged()).isTrue();
                open.write(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NEW, OLD})
    void writerOfALinksTargetIsFound(String kernel) throws Exception {
        Path target = Files.writeString(temp.resolve("target"), "one");
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        try (WriterWatch watch = watch(kernel, List.of(link))) {
            assertThat(watch.isBeingChanged()).isFalse();
            try (OutputStream open = Files.newOutputStream(target)) {
                assertThat(watch.isBeingChanged()).isTrue();
                open.write(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {NEW, OLD})
    void writerBehindALinkToAFolderIsFound(String kernel) throws Exception {
        Path file = atRest("file");
        Path link = Files.createSymbolicLink(folder.resolveSibling("link"), folder);
        try (WriterWatch watch = watch(kernel, List.of(link.resolve("file"), link))) {
            assertThat(watch.isBeingChanged()).isFalse();
            try (OutputStream open = Files.newOutputStream(file)) {
                assertThat(watch.isBeingChanged()).isTrue();
                open.write(1);
            }
            assertThat(watch.isBeingChanged()).isFalse();
            Files.delete(link);
            assertThat(watch.isBeingChanged()).as("the way to it is away").isTrue();
        }
    }

    @Test
    void watchesAreRemovedAfterTheClose() throws Exception {
        Path file = atRest("file");
        WriterWatch watch = watch(NEW, List.of(file));
        assertThat(KernelWatches.on(KernelWatches.inode(folder), Inotify.OPEN)).isEqualTo(1);
        watch.close();
        watch.close();
        watcher.tick(nanos);
        assertThat(KernelWatches.on(folder)).isZero();
    }

    /** The kernel watches the old folder until the files are watched anew. */
    @Test
    void writerInAFolderThatWasPutInPlaceIsFound() throws Exception {
        Path file = atRest("file");
        try (WriterWatch watch = watch(NEW, List.of(file))) {
            Files.move(folder, folder.resolveSibling("old"));
            Files.createDirectory(folder);
            atRest("file");
            watcher.drain();
            assertThat(watch.isBeingChanged()).isFalse();
            try (OutputStream open = Files.newOutputStream(file)) {
                assertThat(watch.isBeingChanged()).isTrue();
                open.write(1);
            }
        }
    }

    @Test
    void writerIsFoundBeforeItIsReported() throws Exception {
        Path file = atRest("a.fcgi");
        try (WriterWatch watch = detector(NEW).watchFew(List.of(file), listener)) {
            assertThat(watch.isBeingChanged()).isFalse();
            try (OutputStream open = Files.newOutputStream(file)) {
                assertThat(watch.isBeingChanged()).as("truncated").isTrue();
                open.write(1);
                assertThat(watch.isBeingChanged()).as("being written").isTrue();
            }
            assertThat(watch.isBeingChanged()).as("that is reported").isFalse();
            Files.delete(file);
            assertThat(watch.isBeingChanged()).as("not reported yet").isTrue();
            assertThat(changes).as("not drained yet").hasValue(0);

            watcher.drain();

            assertThat(changes).hasPositiveValue();
            assertThat(watch.isBeingChanged())
                    .as("reported, but the file may come back")
                    .isTrue();
            nanos += TimeUnit.SECONDS.toNanos(1);
            assertThat(watch.isBeingChanged()).as("it didn't come back").isFalse();
            assertThat(watch.isBeingChanged()).isFalse();
        }
    }
}
