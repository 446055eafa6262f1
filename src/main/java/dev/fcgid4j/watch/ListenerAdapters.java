/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.nio.file.Path;

/** The kinds of listener, seen as one. */
final class ListenerAdapters {

    private ListenerAdapters() {}

    /** Told of one file. */
    record ToFile(FileWatcher.FileListener listener) implements Subscription.Target {

        @Override
        public void changed(Path file, String name) {
            listener.changed(file);
        }

        @Override
        public void beingWritten(Path file, String name) {
            listener.beingWritten(file);
        }

        @Override
        public void allChanged(Path file) {
            listener.changed(file);
        }
    }

    /** Told of the names in a directory, when their writers are done. */
    record ToNames(FileWatcher.NameListener listener) implements Subscription.Target {

        @Override
        public void changed(Path file, String name) {
            listener.nameChanged(name);
        }

        @Override
        public void beingWritten(Path file, String name) {
            // a name is told of when the writer is done
        }

        @Override
        public void allChanged(Path file) {
            listener.allChanged();
        }
    }

    /** Told of the names in a directory at each write. */
    record ToAppends(FileWatcher.NameListener listener) implements Subscription.Target {

        @Override
        public void changed(Path file, String name) {
            listener.nameChanged(name);
        }

        @Override
        public void beingWritten(Path file, String name) {
            listener.nameChanged(name);
        }

        @Override
        public void allChanged(Path file) {
            listener.allChanged();
        }
    }
}
