/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

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
 * #compareAll} or by the watch's own comparison. For one thread.
 */
public final class FakeWatcher implements FileWatcher, WriterDetector {

    private final FakeFiles files;
    private final List<FakeWatch> watches = new ArrayList<>();
    private Runnable onDrain = () -> {};

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

    @Override
    public Watch watchNames(Path directory, NameListener listener) {
        throw new UnsupportedOperationException("a fake watcher watches no directories");
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
            return false; // each change of a file is reported inside the change
        }

        @Override
        public void close() {
            watches.remove(this);
        }
    }
}
