/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBarrierTest {

    private static final int CROWD = 40;

    @TempDir
    private Path folder;

    @Test
    void tellsWhetherTheDirectoryIsThere() throws Exception {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        DirectoryBarrier barrier = new DirectoryBarrier(inner);
        assertThat(barrier.pass()).isEqualTo(DirectoryBarrier.Outcome.PASSED);
        Files.delete(inner);
        assertThat(barrier.pass()).isEqualTo(DirectoryBarrier.Outcome.AWAY);
        Files.createFile(inner);
        assertThat(barrier.pass()).as("a file now").isEqualTo(DirectoryBarrier.Outcome.AWAY);
    }

    @Test
    void aPathThatIsTooLongForTheKernelIsNotPassed() {
        Path deep = folder;
        while (deep.toString().length() <= 3_838) {
            deep = deep.resolve("d".repeat(100));
        }
        assertThat(new DirectoryBarrier(deep).pass()).isEqualTo(DirectoryBarrier.Outcome.UNKNOWN);
    }

    /** The kernel tells one descriptor after the other; a crowd of others makes the moment before our turn longer. */
    @Test
    void eventMissedBeforeABarrierIsReadAfterIt() throws Exception {
        Path file = folder.resolve("file");
        AtomicBoolean done = new AtomicBoolean();
        Thread editor = new Thread(() -> createAndRemove(file, done), "editor");
        DirectoryBarrier barrier = new DirectoryBarrier(folder);
        List<Inotify> crowd = new ArrayList<>();
        try {
            Inotify ours = listener();
            crowd.add(ours);
            for (int i = 0; i < CROWD; i++) {
                crowd.add(listener());
            }
            editor.start();
            int last = 0;
            int missed = 0;
            for (int i = 0; i < 300_000 && missed < 3_000; i++) {
                last = lastOf(ours, last);
                if ((last & Inotify.CREATE) != 0 && Files.notExists(file)) {
                    missed++;
                    assertThat(barrier.pass()).isEqualTo(DirectoryBarrier.Outcome.PASSED);
                    last = lastOf(ours, 0);
                    assertThat(last).as("reported by now, time %d", missed).isNotZero();
                }
            }
            assertThat(missed).isPositive();
        } finally {
            done.set(true);
            editor.join();
            crowd.forEach(Inotify::close);
        }
    }

    private Inotify listener() throws PosixException {
        Inotify inotify = Inotify.open();
        inotify.addDirectory(folder.toString(), Inotify.DELETE | Inotify.CREATE);
        return inotify;
    }

    private static int lastOf(Inotify inotify, int before) throws PosixException {
        List<Inotify.Event> events = inotify.read();
        return events.isEmpty() ? before : events.get(events.size() - 1).mask();
    }

    private static void createAndRemove(Path file, AtomicBoolean done) {
        try {
            while (!done.get()) {
                Files.createFile(file);
                for (int i = 0; i < 1_000; i++) { // until it has been seen
                    Thread.onSpinWait();
                }
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
