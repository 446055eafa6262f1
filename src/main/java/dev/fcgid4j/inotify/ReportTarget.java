/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.watch.FileWatcher.FileListener;
import dev.fcgid4j.watch.FileWatcher.NameListener;
import java.nio.file.Path;

/** A listener of any kind. Two targets are equal if they are of the same kind and their listeners are equal. */
sealed interface ReportTarget {

    /**
     * An entry changed, and is complete.
     *
     * @param watched the file or directory that the listener watches
     * @param name the entry that changed: a name on the path to the file, or one in the directory
     */
    void changed(Path watched, String name);

    /** An entry is being written. */
    void beingWritten(Path watched, String name);

    /** A directory on the path was moved or removed, or events were lost. */
    void allChanged(Path watched);

    /** Reports one file. */
    record ToFile(FileListener listener) implements ReportTarget {

        @Override
        public void changed(Path watched, String name) {
            if (watched.endsWith(name)) {
                listener.changed(watched);
            } else {
                listener.pathChanged(watched);
            }
        }

        @Override
        public void beingWritten(Path watched, String name) {
            listener.beingWritten(watched);
        }

        @Override
        public void allChanged(Path watched) {
            listener.pathChanged(watched);
        }
    }

    /** Reports the names in a directory, each when its writer is done. */
    record ToNames(NameListener listener) implements ReportTarget {

        @Override
        public void changed(Path watched, String name) {
            listener.nameChanged(name);
        }

        @Override
        public void beingWritten(Path watched, String name) {
            // reported when the writer is done
        }

        @Override
        public void allChanged(Path watched) {
            listener.allChanged();
        }
    }

    /** Reports the names in a directory at each write. */
    record ToAppends(NameListener listener) implements ReportTarget {

        @Override
        public void changed(Path watched, String name) {
            listener.nameChanged(name);
        }

        @Override
        public void beingWritten(Path watched, String name) {
            listener.nameChanged(name);
        }

        @Override
        public void allChanged(Path watched) {
            listener.allChanged();
        }
    }
}
