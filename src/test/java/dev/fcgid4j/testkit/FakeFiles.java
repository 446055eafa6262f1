/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.freshness.FileSystemView;
import dev.fcgid4j.posix.FileAccess;
import dev.fcgid4j.watch.FileStamp;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A file system in memory; each path that it does not know is a directory. For one thread. */
public final class FakeFiles implements FileSystemView {

    private static final FileStamp DIRECTORY = new FileStamp(1, 1, 1, 1, 1, true);

    private final FakeClock clock;
    private final Map<Path, FakeFile> files = new LinkedHashMap<>();
    private Consumer<FakeFile> onChange = file -> {};
    private Consumer<FakeFile> onWrite = file -> {};
    private Consumer<FakeFile> afterStamp = file -> {};

    public FakeFiles(FakeClock clock) {
        this.clock = clock;
    }

    /** Adds a file whose changes the kernel reports. */
    public FakeFile add(Path path) {
        return add(path, true, 0);
    }

    /**
     * Adds a file.
     *
     * @param immediate whether the kernel reports its changes
     * @param clockSkewNanos how far its file system's clock is ahead of this host's; of no effect if {@code immediate}
     */
    public FakeFile add(Path path, boolean immediate, long clockSkewNanos) {
        FakeFile file = new FakeFile(this, path, immediate, clockSkewNanos);
        files.put(path, file);
        return file;
    }

    /** All files, in the order in which they were added. */
    public Collection<FakeFile> all() {
        return Collections.unmodifiableCollection(files.values());
    }

    /** The file at a path that {@link #add} knows. */
    public FakeFile at(Path path) {
        FakeFile file = files.get(path);
        if (file == null) {
            throw new IllegalArgumentException("no file was added at " + path);
        }
        return file;
    }

    /** Registers what happens right after a stamp was taken, before its reader goes on. */
    public void afterStamp(Consumer<FakeFile> hook) {
        afterStamp = hook;
    }

    /** Registers the watcher. */
    void watchedBy(Consumer<FakeFile> change, Consumer<FakeFile> write) {
        onChange = change;
        onWrite = write;
    }

    void changed(FakeFile file) {
        onChange.accept(file);
    }

    void beingWritten(FakeFile file) {
        onWrite.accept(file);
    }

    long nowNanos() {
        return clock.nowNanos();
    }

    @Override
    public FileStamp stamp(Path path) {
        assert FileAccess.isPermitted();
        @Nullable FakeFile file = files.get(path);
        if (file == null) {
            return DIRECTORY;
        }
        FileStamp stamp = file.stamp();
        afterStamp.accept(file);
        return stamp;
    }

    @Override
    public FileStamp stampWithWay(Path path) {
        return stamp(path);
    }

    @Override
    public String content(Path path) {
        return at(path).content();
    }

    @Override
    public long wallNanos() {
        return clock.nowNanos();
    }
}
