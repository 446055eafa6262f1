/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Notices changed files; knows no pool.
 *
 * <p>Threading: every method may be called from any thread. {@link #drain} never waits for the disk; those that arm a watch
 * do.
 */
public interface FileWatcher extends AutoCloseable {

    /**
     * Arms a watch on files: what each path names now, and every symbolic link and directory on the way to it. A file
     * need not exist. Whoever arms first and reads the file afterwards misses no change.
     *
     * @param files absolute paths
     */
    Watch watchFiles(Collection<Path> files, FileListener listener);

    /**
     * The same with a watch and a listener for each file, for less than one after the other: a directory that is on the
     * way to several of them is looked at once.
     *
     * @param listeners absolute paths, and who is told
     */
    Map<Path, Watch> watchFiles(Map<Path, ? extends FileListener> listeners);

    /**
     * The same as {@link #watchFiles(Collection, FileListener)}, for files of which is asked often whether somebody is
     * changing them: what {@link Watch#isBeingChanged} costs doesn't grow with their number, but with that of their
     * folders and of those that were opened within the last second.
     */
    Watch watchForWriters(Collection<Path> files, FileListener listener);

    /**
     * Arms a watch on the names in one directory, and on the directory itself.
     *
     * @param directory absolute, real path of an existing directory
     */
    Watch watchNames(Path directory, NameListener listener);

    /**
     * Arms a watch on the writes to all files in one directory: told at each write, not only when its writer is done.
     *
     * @param directory absolute, real path of an existing directory
     */
    Watch watchAppends(Path directory, NameListener listener);

    /**
     * Reports every change that was completed before this call began: when it returns, the listeners concerned have
     * been called and have returned. One system call when nothing changed.
     */
    void drain();

    /**
     * How often everything of which the kernel can't tell has been compared in its turn, until now. A change that was
     * completed before such a comparison began has been told of when it is counted.
     */
    long comparisons();

    @Override
    void close();

    /** One armed watch; closing it twice is harmless. */
    interface Watch extends AutoCloseable {

        /**
         * Whether {@link FileWatcher#drain} sees changes at once. If not (a file system of another host, watch limit
         * reached), changes are found by comparing stamps at the polling interval.
         */
        boolean immediate();

        /**
         * Compares now, not at the next polling interval, what is not {@link #immediate}; does nothing for the rest. When it
         * returns, the listeners concerned have been called and have returned. Waits for the disk.
         */
        void compare();

        /**
         * Whether somebody is changing one of its files of whom nothing was told yet: the kernel makes a file empty, or takes
         * it away, before it tells of that. What was changed before this call and isn't found has been told of by then: a
         * {@link FileWatcher#drain} afterwards knows it. Only for what is {@link #immediate}. Reads the disk, one look a
         * file; less for {@link FileWatcher#watchForWriters}.
         */
        boolean isBeingChanged();

        @Override
        void close();

        /** Several watches as one. */
        static Watch all(List<? extends Watch> watches) {
            return watches.size() == 1 ? watches.get(0) : new SeveralWatches(List.copyOf(watches));
        }
    }

    /** Told of changes to watched files. Called by whoever drains, or by the watcher's own thread; returns quickly. */
    interface FileListener {

        /** A change was completed: closed after writing, renamed into place, touched, removed, created, link switched. */
        void changed(Path file);

        /** A writer has begun to write the file in place and has not closed it yet. */
        void beingWritten(Path file);
    }

    /** Told of names that appeared, vanished or changed in a watched directory. The same threads as {@link FileListener}. */
    interface NameListener {

        /** The entry of this name was created, removed, renamed, written and closed, or touched. */
        void nameChanged(String name);

        /** The directory itself was moved or removed, or events were lost: forget all that is known of it. */
        void allChanged();
    }
}
