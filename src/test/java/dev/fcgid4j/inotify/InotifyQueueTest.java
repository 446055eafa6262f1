/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.testkit.KernelWatches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InotifyQueueTest {

    @TempDir
    private Path temp;

    private Path folder;
    private final ReentrantLock owner = new ReentrantLock();
    private InotifyQueue queue;
    private final AtomicInteger cleared = new AtomicInteger();

    @BeforeEach
    void open() throws Exception {
        folder = temp.toRealPath();
        queue = InotifyQueue.open(owner);
    }

    @AfterEach
    void close() {
        queue.close(cleared::incrementAndGet);
    }

    @Test
    void eventsOfAWatchedDirectoryAreRead() throws Exception {
        int watch = queue.add(folder, Inotify.CREATE);

        Files.createFile(folder.resolve("new"));

        assertThat(queue.read()).containsExactly(new Inotify.Event(watch, Inotify.CREATE, "new"));
        assertThat(queue.read()).isEmpty();
    }

    @Test
    void sameDirectoryHasTheSameNumber() throws Exception {
        int watch = queue.add(folder, Inotify.CREATE);

        assertThat(queue.add(folder, Inotify.DELETE)).isEqualTo(watch);
        assertThat(KernelWatches.on(folder)).isEqualTo(1);
    }

    @Test
    void useIsNotedUnderTheOwnersLock() throws Exception {
        AtomicInteger noted = new AtomicInteger();

        queue.add(folder, Inotify.CREATE, watch -> {
            assertThat(owner.isHeldByCurrentThread()).isTrue();
            noted.set(watch);
        });

        assertThat(noted).hasPositiveValue();
        assertThat(owner.isLocked()).isFalse();
    }

    @Test
    void unusedWatchesAreRemovedOnce() throws Exception {
        int watch = queue.add(folder, Inotify.CREATE);

        queue.removeUnused(() -> {
            assertThat(owner.isHeldByCurrentThread()).isTrue();
            return List.of(watch);
        });

        assertThat(KernelWatches.on(folder)).isZero();
    }

    /** The number of an unused watch may just have been returned again. */
    @Test
    void nothingIsRemovedWhileAThreadAddsWatches() throws Exception {
        int watch = queue.add(folder, Inotify.CREATE);
        CountDownLatch installing = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<?> installer = thread.submit(() -> queue.whileInstalling(() -> {
            installing.countDown();
            awaitQuietly(done);
        }));
        try {
            assertThat(installing.await(30, TimeUnit.SECONDS)).isTrue();

            queue.removeUnused(() -> List.of(watch));

            assertThat(KernelWatches.on(folder)).isEqualTo(1);
        } finally {
            done.countDown();
            installer.get(30, TimeUnit.SECONDS);
            thread.shutdownNow();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closedQueueHasNoWatchesAndNoEvents() throws Exception {
        queue.add(folder, Inotify.CREATE);
        Files.createFile(folder.resolve("new"));

        queue.close(cleared::incrementAndGet);
        queue.close(cleared::incrementAndGet);

        assertThat(cleared).as("once").hasValue(1);
        assertThat(queue.isOpen()).isFalse();
        assertThat(queue.isClosed()).isTrue();
        assertThat(queue.read()).isEmpty();
        assertThat(KernelWatches.on(folder)).isZero();
        assertThatThrownBy(() -> queue.add(folder, Inotify.CREATE)).isInstanceOf(PosixException.class);
        queue.removeUnused(() -> List.of(1));
    }

    /** Otherwise the thread would go on with another file of the same number. */
    @Test
    void descriptorStaysOpenWhileAThreadWaitsForTheDiskWithIt() throws Exception {
        queue.add(folder, Inotify.CREATE);
        CountDownLatch installing = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<?> installer = thread.submit(() -> queue.whileInstalling(() -> {
            installing.countDown();
            awaitQuietly(done);
        }));
        try {
            assertThat(installing.await(30, TimeUnit.SECONDS)).isTrue();
            Thread.currentThread().interrupt(); // so that the close doesn't wait

            queue.close(cleared::incrementAndGet);

            assertThat(Thread.interrupted()).isTrue();
            assertThat(cleared).hasValue(1);
            assertThat(KernelWatches.on(folder)).isEqualTo(1);
        } finally {
            done.countDown();
            installer.get(30, TimeUnit.SECONDS);
            thread.shutdownNow();
        }
    }

    @Test
    void unavailableQueueIsNeitherOpenNorClosed() throws Exception {
        InotifyQueue none = InotifyQueue.unavailable(owner);

        assertThat(none.isOpen()).isFalse();
        assertThat(none.isClosed()).isFalse();
        assertThat(none.read()).isEmpty();
        assertThatThrownBy(() -> none.add(folder, Inotify.CREATE)).isInstanceOf(PosixException.class);
        none.removeUnused(() -> List.of(1));
        none.close(cleared::incrementAndGet);
        assertThat(none.isClosed()).isTrue();
        assertThat(cleared).hasValue(1);
    }
}
