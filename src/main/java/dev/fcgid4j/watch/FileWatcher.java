/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Watches files and directories, and reports their changes to listeners.
 *
 * <p>Threading: any thread may call every method. {@link #drain} never waits for the disk. The methods that begin a watch
 * do.
 */
public interface FileWatcher extends AutoCloseable {

    /**
     * Watches files: what each path names now, and every symbolic link and directory on the path. A file need not exist.
     * A caller that reads the file after this call misses no change. Blocks.
     *
     * @param files absolute paths
     */
    Watch watchFiles(Collection<Path> files, FileListener listener);

    /**
     * Watches each file for a listener of its own. This is cheaper than one call a file: a directory on the path of
     * several files is read once. Blocks.
     *
     * @param listeners absolute paths, each with its listener
     * @return a watch for each path, in the same order
     */
    Map<Path, Watch> watchFiles(Map<Path, ? extends FileListener> listeners);

    /**
     * Watches the names in one directory, and the directory itself. Blocks.
     *
     * @param directory absolute, real path of an existing directory
     */
    Watch watchNames(Path directory, NameListener listener);

    /**
     * Watches the writes to all files in one directory: reports each write, not only the end of writing. Blocks.
     *
     * @param directory absolute, real path of an existing directory
     */
    Watch watchAppends(Path directory, NameListener listener);

    /**
     * Reports every change that was completed before this call began. When the call returns, the listeners concerned have
     * returned. Costs one system call if nothing changed.
     */
    void drain();

    /**
     * Counts the comparisons of all files whose changes the kernel doesn't report. A change that was completed before such
     * a comparison began is reported before the comparison is counted.
     */
    long comparisons();

    @Override
    void close();

    /** One or more watched files. Closing a watch twice is harmless. */
    interface Watch extends AutoCloseable {

        /**
         * Returns whether {@link FileWatcher#drain} sees changes at once. If not, stamps are compared at the polling
         * interval: the file system belongs to another host, or the kernel's limit of watches was reached.
         */
        boolean immediate();

        /**
         * Compares now, not at the next polling interval, the files that are not {@link #immediate}. When the call returns,
         * the listeners concerned have returned. Waits for the disk.
         */
        void compare();

        @Override
        void close();

        /** Joins several watches to one. */
        static Watch all(List<? extends Watch> watches) {
            return watches.size() == 1 ? watches.get(0) : new SeveralWatches(List.copyOf(watches));
        }
    }

    /**
     * Receives the changes of watched files.
     *
     * <p>Threading: a thread that drains the watcher calls it, or the watcher's own. It returns quickly.
     *
     * <p>A watch may end while a writer has its file open. If another watch of the same file has an equal listener ({@link
     * Object#equals}), that watch reports when the writer is done.
     */
    interface FileListener {

        /** A change was completed: closed after writing, renamed into place, touched, created, or removed. */
        void changed(Path file);

        /** A writer has begun to write the file in place and has not closed it yet. */
        void beingWritten(Path file);

        /**
         * A directory or a symbolic link on the path was changed, or events were lost. So the path may name another file
         * now, and the kernel may watch the old one. By default the same as {@link #changed}.
         */
        default void pathChanged(Path file) {
            changed(file);
        }
    }

    /** Receives changed names of a watched directory. The same threads call it as a {@link FileListener}. */
    interface NameListener {

        /** The entry of this name was created, removed, renamed, written and closed, or touched. */
        void nameChanged(String name);

        /** The directory itself was moved or removed, or events were lost: nothing that is known of it holds. */
        void allChanged();
    }
}
