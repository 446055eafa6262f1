/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import dev.fcgid4j.inotify.InotifyQueue;
import dev.fcgid4j.posix.Inotify;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.Writers;
import dev.fcgid4j.watch.FileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows which files may have a writer that no event has reported yet: those that were opened since they were last known to
 * have no writer.
 *
 * <h2>Why that is enough</h2>
 *
 * Since Linux 6.5 the kernel reports an opening before it truncates the file. So a file that isn't among the open ones had
 * no writer all the time. The exception is {@code truncate(2)}, which opens nothing.
 *
 * <h2>Leaving the open files</h2>
 *
 * Most processes that open a file only read it. After a second without an opening, the kernel is asked for the writers of
 * the file ({@link Writers}). If there is no writer, the file leaves the open ones while the kernel lets no process open it for
 * writing. The question is an opening as well; that event is read in the same moment. {@link WriterQuestions} says which
 * openings are not asked about: then the file leaves if it looks as it did.
 *
 * <h2>A descriptor of its own</h2>
 *
 * A program that reads thousands of files can't make the queue of changes overflow. If this queue overflows, every file may
 * have been opened.
 *
 * <p>Threading: any thread. The tracker's lock guards all state; the disk is read without it, but for a question's short
 * lease. Under it, only {@link OpenFileListener#mayBeOpen} is called.
 */
final class OpenFileTracker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenFileTracker.class);

    private final LongSupplier nanoTime;
    private final long quietNanos;
    private final WriterQuery query;
    private final FileSystems fileSystems = new FileSystems();
    private final ReentrantLock lock;
    private final InotifyQueue queue;

    // Guarded by the lock.
    private final MonitoredFiles files = new MonitoredFiles();
    private boolean warned;

    /** Asks the kernel for the writers of a file: {@link Writers#of(String, Runnable)}. */
    interface WriterQuery {
        Writers.Known of(String path, Runnable whileUnwritten);
    }

    private OpenFileTracker(
            Duration quietTime, LongSupplier nanoTime, WriterQuery query, ReentrantLock lock, InotifyQueue queue) {
        this.nanoTime = nanoTime;
        this.quietNanos = quietTime.toNanos();
        this.query = query;
        this.lock = lock;
        this.queue = queue;
    }

    /**
     * Opens one. It is not available where the kernel reports openings too late, or gives no second descriptor.
     *
     * @param kernelVersion as in {@code uname -r}
     */
    static OpenFileTracker open(Duration quietTime, LongSupplier nanoTime, String kernelVersion, WriterQuery query) {
        ReentrantLock lock = new ReentrantLock();
        InotifyQueue queue = InotifyQueue.unavailable(lock);
        if (Inotify.tellsOfOpeningFirst(kernelVersion)) {
            try {
                queue = InotifyQueue.open(lock);
            } catch (PosixException e) {
                LOG.warn("{}; the files of FcgidWatch are looked at one by one", e.getMessage());
            }
        }
        return new OpenFileTracker(quietTime, nanoTime, query, lock, queue);
    }

    /** Returns whether it can track files at all. */
    boolean isAvailable() {
        return queue.isOpen();
    }

    // ---- listeners --------------------------------------------------------------------------------------------------

    /**
     * Notes for files of one folder whether they may be open: now they may, until {@link #forgetRead} has asked. Waits for
     * the disk.
     *
     * @param folder its real path
     * @return false if the kernel doesn't watch the folder, or reports openings too late there
     */
    boolean listen(Path folder, Collection<? extends OpenFileListener> listeners) {
        try {
            if (fileSystems.copiesUp(folder)) {
                return false;
            }
            queue.add(folder, Inotify.OPEN, watch -> {
                long now = nanoTime.getAsLong();
                listeners.forEach(each -> files.add(watch, folder, each, now));
            });
            return true;
        } catch (IOException e) {
            warnOnce(e);
            return false;
        }
    }

    private void warnOnce(IOException e) {
        lock.lock();
        try {
            if (!warned && !(e instanceof NoSuchFileException)) {
                warned = true;
                LOG.warn(
                        "{}; files of FcgidWatch there are looked at one by one for each answer. If there is \"no space"
                                + " left\", raise fs.inotify.max_user_watches (sysctl)",
                        e.getMessage());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes nothing more for a listener. Twice is harmless. */
    void end(OpenFileListener listener) {
        lock.lock();
        try {
            files.remove(listener);
        } finally {
            lock.unlock();
        }
    }

    // ---- events -----------------------------------------------------------------------------------------------------

    /** Notes every opening before this call. One system call if there was none. */
    void drain() {
        lock.lock();
        try {
            List<Inotify.Event> events = queue.read();
            while (!events.isEmpty()) {
                long now = nanoTime.getAsLong();
                events.forEach(event -> note(event, now));
                events = queue.read();
            }
        } catch (PosixException e) {
            LOG.error("reading the events of opened files failed; every file counts as opened", e);
            files.allOpened(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    private void note(Inotify.Event event, long nowNanos) {
        if (event.is(Inotify.Q_OVERFLOW)) {
            files.allOpened(nowNanos);
        } else if (event.is(Inotify.IGNORED)) {
            files.ended(event.watch());
        } else {
            files.opened(event.watch(), event.name(), nowNanos);
        }
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    /** Takes the files that were only read out of the open ones, and removes unused watches. Waits for the disk. */
    void tick() {
        drain();
        forgetRead();
        queue.removeUnused(files::takeUnused);
    }

    /** Takes the files that were only read out of the open ones. Opens files, and waits for the disk. */
    void forgetRead() {
        for (MonitoredFiles.Check each : due(nanoTime.getAsLong())) {
            MonitoredFile file = each.file();
            if (each.ask() && Files.isRegularFile(file.path())) {
                answered(file, query.of(file.path().toString(), () -> forget(file)));
            } else if (each.listeners().stream().noneMatch(OpenFileListener::isBeingChanged)) {
                forgetUnlessOpened(file, each.openedNanos());
            }
        }
    }

    private List<MonitoredFiles.Check> due(long nowNanos) {
        lock.lock();
        try {
            return files.due(nowNanos, quietNanos);
        } finally {
            lock.unlock();
        }
    }

    private void answered(MonitoredFile file, Writers.Known writers) {
        lock.lock();
        try {
            file.questions().answered(writers);
            if (writers == Writers.Known.UNKNOWN) {
                file.openedAt(nanoTime.getAsLong());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The kernel lets no process open the file for writing meanwhile. */
    private void forget(MonitoredFile file) {
        lock.lock();
        try {
            drain(); // the question's own opening
            files.closed(file);
        } finally {
            lock.unlock();
        }
    }

    private void forgetUnlessOpened(MonitoredFile file, long openedNanos) {
        lock.lock();
        try {
            if (file.openedNanos() == openedNanos) {
                files.closed(file);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        queue.close(files::clear);
    }
}
