/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.limits.EnduringLoop;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.watch.PathChain;
import dev.fcgid4j.watch.Poller;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches files through one inotify descriptor, and by comparing them where the kernel doesn't report their changes.
 *
 * <h2>Cost</h2>
 *
 * {@link #drain} is one system call if nothing changed, however many files are watched: the kernel queues the events.
 *
 * <h2>Threading</h2>
 *
 * One lock, the watcher's lock, guards {@link WatchTable}, {@link WritesInProgress} and the reports of each {@link
 * Subscription}. It is held while listeners are called, so that a thread that drains at the same time waits until they have
 * returned. So no thread may call this class while it holds a lock that a listener takes. The disk is read without this
 * lock, but for two kinds of local file: one that is being written, and one that was written within the quiet time.
 *
 * <p>The watcher's own thread does the {@link Maintenance}.
 *
 * <h2>Ownership</h2>
 *
 * The watcher owns its descriptor and its thread. {@link #close} ends both.
 */
public final class InotifyWatcher implements FileWatcher {

    private static final Logger LOG = LoggerFactory.getLogger(InotifyWatcher.class);

    private final InotifyQueue queue;
    private final WatchInstaller installer;
    private final EventReader events;
    private final EarlierWriters earlierWriters;
    private final Poller poller;
    private final Maintenance maintenance;
    private final EnduringLoop loop;
    private final List<Runnable> closes = new CopyOnWriteArrayList<>();

    // Guarded by the lock.
    private final WatchTable table = new WatchTable();
    private final WritesInProgress writes;

    private InotifyWatcher(WatchSettings settings, LongSupplier nanoTime, ReentrantLock lock, InotifyQueue queue) {
        this.queue = queue;
        this.installer = new WatchInstaller(
                new WatchPass.Tools(queue, table, new DirectoryWatches(queue, settings.pollInterval()), PathChain::of));
        this.writes = new WritesInProgress(settings.quietTime(), nanoTime);
        this.events = new EventReader(lock, queue, table, writes);
        this.earlierWriters = new EarlierWriters(settings.quietTime(), events, table, writes);
        this.poller = new Poller(nanoTime);
        this.maintenance = new Maintenance(
                queue, new Maintenance.Watched(table, writes, events), poller, settings.pollInterval(), nanoTime);
        this.loop = maintenance.loop();
    }

    /** Returns whether the thread has ended although the watcher is open: changes are noticed by requests only. */
    public boolean isDead() {
        return loop.isDead();
    }

    /** Opens a watcher and starts its thread. */
    public static InotifyWatcher open(WatchSettings settings) {
        InotifyWatcher watcher = create(settings, System::nanoTime);
        watcher.loop.start();
        return watcher;
    }

    /**
     * Opens a watcher without a thread: the caller calls {@link #tick}.
     *
     * @param nanoTime the clock; compared by subtraction
     */
    public static InotifyWatcher create(WatchSettings settings, LongSupplier nanoTime) {
        requireNonNull(settings, "settings");
        ReentrantLock lock = new ReentrantLock();
        return new InotifyWatcher(settings, nanoTime, lock, queue(settings, lock));
    }

    private static InotifyQueue queue(WatchSettings settings, ReentrantLock lock) {
        if (settings.inotify()) {
            try {
                return InotifyQueue.open(lock);
            } catch (PosixException | LinkageError e) {
                LOG.warn("inotify can't be used ({}); files are compared every {}", e, settings.pollInterval());
            }
        }
        return InotifyQueue.unavailable(lock);
    }

    // ---- watches ----------------------------------------------------------------------------------------------------

    @Override
    public Watch watchFiles(Collection<Path> files, FileListener listener) {
        ReportTarget target = new ReportTarget.ToFile(listener);
        List<Subscription> all =
                files.stream().map(file -> register(file, target)).toList();
        begin(all);
        return Watch.all(all);
    }

    @Override
    public Map<Path, Watch> watchFiles(Map<Path, ? extends FileListener> listeners) {
        List<Subscription> all = listeners.entrySet().stream()
                .map(each -> register(each.getKey(), new ReportTarget.ToFile(each.getValue())))
                .toList();
        begin(all);
        Map<Path, Watch> watches = new LinkedHashMap<>();
        all.forEach(each -> watches.put(each.path(), each));
        return watches;
    }

    private Subscription register(Path path, ReportTarget target) {
        Subscription subscription = new Subscription(path, target, this::end);
        queue.asOwner(() -> table.register(subscription));
        return subscription;
    }

    private void begin(List<Subscription> files) {
        boolean begun = false;
        try {
            installer.files(files);
            files.forEach(this::beginFile);
            begun = true;
        } finally {
            if (!begun) {
                files.forEach(Subscription::close);
            }
        }
    }

    private void beginFile(Subscription file) {
        if (file.immediate()) {
            earlierWriters.find(file);
        } else {
            file.comparedBy(poller.addFile(file.path(), name -> reportCompared(file, name)));
        }
    }

    @Override
    public Watch watchNames(Path directory, NameListener listener) {
        return watchDirectory(directory, new ReportTarget.ToNames(listener), DirectoryInterest.Kind.NAMES);
    }

    @Override
    public Watch watchAppends(Path directory, NameListener listener) {
        return watchDirectory(directory, new ReportTarget.ToAppends(listener), DirectoryInterest.Kind.APPENDS);
    }

    private Subscription watchDirectory(Path directory, ReportTarget target, DirectoryInterest.Kind kind) {
        Subscription subscription = register(directory, target);
        installer.names(subscription, kind);
        if (!subscription.immediate()) {
            subscription.comparedBy(poller.addNames(directory, name -> reportCompared(subscription, name)));
        }
        return subscription;
    }

    private void reportCompared(Subscription subscription, String name) {
        queue.asOwner(() -> {
            if (table.isRegistered(subscription)) {
                subscription.reportChanged(name);
            }
        });
    }

    private void end(Subscription subscription) {
        queue.asOwner(() -> {
            if (table.remove(subscription)) {
                writes.end(subscription, table.all());
            }
        });
    }

    // ---- reports ----------------------------------------------------------------------------------------------------

    @Override
    public void drain() {
        events.drain();
    }

    @Override
    public long comparisons() {
        return poller.rounds();
    }

    /**
     * Returns whether a file's writer has written for more than five quiet times without a pause. Nothing waits for such a
     * writer: the file counts as changed now and then.
     */
    public boolean isWrittenEndlessly(Path file) {
        return writes.isEndless(file);
    }

    /** Returns whether the kernel reports changes; otherwise all files are compared. */
    public boolean isKernelUsed() {
        return queue.isOpen();
    }

    // ---- life -------------------------------------------------------------------------------------------------------

    /**
     * Ties something to the life of this watcher.
     *
     * @param tick run by the watcher's thread four times a second, before it compares files
     * @param close run by {@link #close}, before the watcher itself closes
     */
    public void attach(Runnable tick, Runnable close) {
        maintenance.attach(tick);
        closes.add(close);
    }

    /**
     * Ends the quiet times that are over, removes unused watches, ticks what is attached, and compares files if it is time
     * to. Waits for the disk. One thread at a time.
     */
    public void tick(long nowNanos) {
        maintenance.tick(nowNanos);
    }

    @Override
    public void close() {
        closes.forEach(Runnable::run);
        queue.close(() -> {
            table.clear();
            writes.clear();
        });
    }
}
