/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.posix.Writers;
import dev.fcgid4j.watch.FileWatcher.FileListener;
import dev.fcgid4j.watch.FileWatcher.Watch;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Finds writers with the kernel's help: leases, openings, and look-ups in folders.
 *
 * <p>Threading: any thread. The watcher's thread asks for the writers of files that are no longer opened.
 *
 * <p>Ownership: owns a second inotify descriptor, for the openings. It ends with its watcher.
 */
public final class KernelWriterDetector implements WriterDetector {

    private final InotifyWatcher watcher;
    private final LongSupplier nanoTime;
    private final long quietNanos;
    private final OpenFileTracker openFiles;

    private KernelWriterDetector(
            InotifyWatcher watcher, WatchSettings settings, LongSupplier nanoTime, OpenFileTracker openFiles) {
        this.watcher = requireNonNull(watcher, "watcher");
        this.nanoTime = nanoTime;
        this.quietNanos = settings.quietTime().toNanos();
        this.openFiles = openFiles;
        watcher.attach(openFiles::tick, openFiles::close);
    }

    /** Opens one for a watcher, with the settings of that watcher. */
    public static KernelWriterDetector open(InotifyWatcher watcher, WatchSettings settings) {
        return create(watcher, settings, System::nanoTime, System.getProperty("os.version", ""));
    }

    /**
     * Opens one with another clock, and for another kernel.
     *
     * @param kernelVersion as in {@code uname -r}
     */
    static KernelWriterDetector create(
            InotifyWatcher watcher, WatchSettings settings, LongSupplier nanoTime, String kernelVersion) {
        // Without events of changes, those of openings are of no use: then it is as on an old kernel.
        String version = watcher.isKernelUsed() ? kernelVersion : "";
        OpenFileTracker openFiles = OpenFileTracker.open(settings.quietTime(), nanoTime, version, Writers::of);
        return new KernelWriterDetector(watcher, settings, nanoTime, openFiles);
    }

    @Override
    public Map<Path, WriterWatch> watchEach(Map<Path, ? extends FileListener> listeners) {
        Map<Path, WriterWatch> watches = new LinkedHashMap<>();
        watch(listeners).forEach(each -> watches.put(each.file().path(), each));
        return watches;
    }

    @Override
    public WriterWatch watchFew(Collection<Path> files, FileListener listener) {
        return WriterWatch.all(watch(sameListener(files, listener)));
    }

    @Override
    public WriterWatch watchMany(Collection<Path> files, FileListener listener) {
        return FolderWriterWatch.over(watch(sameListener(files, listener)), openFiles);
    }

    private static Map<Path, FileListener> sameListener(Collection<Path> files, FileListener listener) {
        Map<Path, FileListener> listeners = new LinkedHashMap<>();
        files.forEach(each -> listeners.put(each, listener));
        return listeners;
    }

    private List<FileWriterWatch> watch(Map<Path, ? extends FileListener> listeners) {
        Map<Path, WatchedFile> files = new LinkedHashMap<>();
        Map<Path, FileListener> reports = new LinkedHashMap<>();
        listeners.forEach((path, listener) -> {
            WatchedFile file = new WatchedFile(path, listener, watcher::isWrittenEndlessly, change(path));
            files.put(path, file);
            reports.put(path, file.reports());
        });
        Map<Path, Watch> watches = watcher.watchFiles(reports);
        List<FileWriterWatch> all = new ArrayList<>(files.size());
        files.forEach((path, file) -> all.add(new FileWriterWatch(file, requireNonNull(watches.get(path)))));
        all.stream().filter(FileWriterWatch::immediate).forEach(each -> each.file()
                .begin());
        return all;
    }

    private UnreportedChange change(Path file) {
        return new UnreportedChange(file, quietNanos, nanoTime, System::currentTimeMillis);
    }
}
