/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import dev.fcgid4j.watch.FileWatcher.FileListener;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A watched file and what is known of its unreported changes. Its {@link #reports} listen to the watcher in place of the
 * caller's listener: they note each report, and pass it on.
 *
 * <p>Threading: any thread. {@link UnreportedChange} guards itself. The rest is guarded by this object's monitor, under
 * which nothing is called but a concurrent set.
 */
final class WatchedFile implements OpenFileListener {

    private static final Set<WatchedFile> NOT_TRACKED = Set.of();

    private final Path path;
    private final Reports reports;
    private final Predicate<Path> endless;
    private final UnreportedChange change;
    private Set<WatchedFile> opened = NOT_TRACKED;
    private boolean pathChanged;

    /**
     * Creates one that is not watched yet.
     *
     * @param listener the caller's
     * @param endless tells files whose writer nothing waits for
     */
    WatchedFile(Path path, FileListener listener, Predicate<Path> endless, UnreportedChange change) {
        this.path = path;
        this.reports = new Reports(listener);
        this.endless = endless;
        this.change = change;
    }

    /** The listener that the watcher is to have. */
    FileListener reports() {
        return reports;
    }

    /** The watch has begun, and the kernel reports changes: reads the file's present state. */
    void begin() {
        change.begin();
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public boolean isBeingChanged() {
        return !endless.test(path) && change.isFound();
    }

    /**
     * From now on, a set holds this file while a process may have it open. If the path has changed, the set holds it for
     * good: the kernel reports no opening of the file that the path names now.
     *
     * @param set safe for any thread
     */
    synchronized void trackedIn(Set<WatchedFile> set) {
        opened = set;
    }

    @Override
    public synchronized void mayBeOpen(boolean open) {
        if (open) {
            opened.add(this);
        } else if (!pathChanged) {
            opened.remove(this);
        }
    }

    private synchronized void notePathChanged() {
        pathChanged = true;
        if (opened != NOT_TRACKED) {
            opened.add(this);
        }
    }

    /** Two are equal if the caller's listeners are: a watch that replaces another one reports the end of its writes. */
    private final class Reports implements FileListener {
        private final FileListener listener;

        Reports(FileListener listener) {
            this.listener = listener;
        }

        @Override
        public void changed(Path file) {
            change.reported();
            listener.changed(file);
        }

        @Override
        public void beingWritten(Path file) {
            change.reported();
            listener.beingWritten(file);
        }

        @Override
        public void pathChanged(Path file) {
            change.reported();
            notePathChanged();
            listener.pathChanged(file);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Reports reports && listener.equals(reports.listener);
        }

        @Override
        public int hashCode() {
            return listener.hashCode();
        }
    }
}
