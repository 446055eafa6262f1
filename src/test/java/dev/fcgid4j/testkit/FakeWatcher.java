/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.posix.FileAccess;
import dev.fcgid4j.watch.FileWatcher;
import dev.fcgid4j.writers.WriterDetector;
import dev.fcgid4j.writers.WriterWatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches {@link FakeFiles}. An immediate file's change is reported inside the change itself, any other's by {@link
 * #compareAll} or by the watch's own comparison. It watches the names in any directory too; their changes are those that
 * the test reports. For one thread.
 */
public final class FakeWatcher implements FileWatcher, WriterDetector {

    private final FakeFiles files;
    private final List<FakeWatch> watches = new ArrayList<>();
    private final List<DirectoryWatch> directories = new ArrayList<>();
    private boolean directoriesAreImmediate = true;
    private Runnable onDrain = () -> {};
    private Runnable onWatchNames = () -> {};

    public FakeWatcher(FakeFiles files) {
        this.files = files;
        files.watchedBy(this::changed, this::beingWritten);
    }

    /** Registers what happens whenever the code under test drains the watcher. */
    public void onDrain(Runnable hook) {
        onDrain = hook;
    }

    /** The watched files, one entry for each watch, in the order in which they were armed. */
    public List<FakeFile> watched() {
        return watches.stream().map(watch -> watch.file).toList();
    }

    /** Compares every watched file with what its watch saw last, as the polling interval does. */
    public void compareAll() {
        List.copyOf(watches).forEach(FakeWatch::compare);
    }

    private void changed(FakeFile file) {
        if (file.isImmediate()) {
            List.copyOf(watches).stream().filter(watch -> watch.file == file).forEach(FakeWatch::compare);
        }
    }

    private void beingWritten(FakeFile file) {
        List.copyOf(watches).stream()
                .filter(watch -> watch.file == file)
                .forEach(watch -> watch.listener.beingWritten(file.path()));
    }

    @Override
    public Watch watchFiles(Collection<Path> paths, FileListener listener) {
        return watchFew(paths, listener);
    }

    @Override
    public Map<Path, Watch> watchFiles(Map<Path, ? extends FileListener> listeners) {
        return new LinkedHashMap<>(watchEach(listeners));
    }

    @Override
    public Map<Path, WriterWatch> watchEach(Map<Path, ? extends FileListener> listeners) {
        Map<Path, WriterWatch> armed = new LinkedHashMap<>();
        listeners.forEach((path, listener) -> armed.put(path, new FakeWatch(files.at(path), listener)));
        return armed;
    }

    @Override
    public WriterWatch watchFew(Collection<Path> paths, FileListener listener) {
        return WriterWatch.all(paths.stream()
                .map(path -> new FakeWatch(files.at(path), listener))
                .toList());
    }

    @Override
    public WriterWatch watchMany(Collection<Path> paths, FileListener listener) {
        return watchFew(paths, listener);
    }

    /** The watched directories, one entry for each watch, in the order in which they were armed. */
    public List<Path> watchedDirectories() {
        return directories.stream().map(watch -> watch.directory).toList();
    }

    /** Reports a changed name to the watches of a directory. */
    public void nameChanged(Path directory, String name) {
        of(directory).forEach(watch -> watch.listener.nameChanged(name));
    }

    /** Reports that a directory was moved or removed. */
    public void allChanged(Path directory) {
        of(directory).forEach(watch -> watch.listener.allChanged());
    }

    private List<DirectoryWatch> of(Path directory) {
        return directories.stream()
                .filter(watch -> watch.directory.equals(directory))
                .toList();
    }

    /** From now on, directories are watched by comparing them. */
    public void comparesDirectories() {
        directoriesAreImmediate = false;
    }

    /** Registers what happens as soon as a directory is watched, before its caller goes on. */
    public void onWatchNames(Runnable hook) {
        onWatchNames = hook;
    }

    @Override
    public Watch watchNames(Path directory, NameListener listener) {
        DirectoryWatch watch = new DirectoryWatch(directory, listener, directoriesAreImmediate);
        directories.add(watch);
        onWatchNames.run();
        return watch;
    }

    @Override
    public Watch watchAppends(Path directory, NameListener listener) {
        throw new UnsupportedOperationException("fake processes write no report files");
    }

    @Override
    public void drain() {
        onDrain.run();
    }

    @Override
    public long comparisons() {
        return 0;
    }

    @Override
    public void close() {
        // holds nothing
    }

    /** One armed watch of the names in one directory. */
    private final class DirectoryWatch implements Watch {
        private final Path directory;
        private final NameListener listener;
        private final boolean immediate;

        DirectoryWatch(Path directory, NameListener listener, boolean immediate) {
            this.directory = directory;
            this.listener = listener;
            this.immediate = immediate;
        }

        @Override
        public boolean immediate() {
            return immediate;
        }

        @Override
        public void compare() {
            // the test reports the changes
        }

        @Override
        public void close() {
            directories.remove(this);
        }
    }

    /** One armed watch of one file. */
    private final class FakeWatch implements WriterWatch {
        private final FakeFile file;
        private final FileListener listener;
        private int seenVersion;
        private boolean seenMissing;

        FakeWatch(FakeFile file, FileListener listener) {
            this.file = file;
            this.listener = listener;
            see();
            watches.add(this);
        }

        private void see() {
            seenVersion = file.version();
            seenMissing = file.isMissing();
        }

        @Override
        public void compare() {
            if (seenVersion != file.version() || seenMissing != file.isMissing()) {
                see();
                listener.changed(file.path());
            }
        }

        @Override
        public boolean immediate() {
            return file.isImmediate();
        }

        @Override
        public boolean isBeingChanged() {
            assert FileAccess.isPermitted();
            return false; // each change of a file is reported inside the change
        }

        @Override
        public void close() {
            watches.remove(this);
        }
    }
}
