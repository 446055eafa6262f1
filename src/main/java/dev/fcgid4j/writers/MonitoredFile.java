/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file whose openings are reported, and its listeners.
 *
 * <p>Threading: guarded by the tracker's lock, but for {@link #path}.
 */
final class MonitoredFile {

    private final Path path;
    private final List<OpenFileListener> listeners = new ArrayList<>(1);
    private final WriterQuestions questions = new WriterQuestions();
    private long openedNanos;
    private boolean allNoted; // each listener knows that the file may be open; false while it is not

    MonitoredFile(Path path) {
        this.path = path;
    }

    Path path() {
        return path;
    }

    WriterQuestions questions() {
        return questions;
    }

    /** When it was opened last. */
    long openedNanos() {
        return openedNanos;
    }

    void openedAt(long nanos) {
        openedNanos = nanos;
    }

    /** A copy, for use without the lock. */
    List<OpenFileListener> listeners() {
        return List.copyOf(listeners);
    }

    void add(OpenFileListener listener) {
        listeners.add(listener);
    }

    /** Removes a listener. Returns whether none is left. */
    boolean remove(OpenFileListener listener) {
        listeners.remove(listener);
        return listeners.isEmpty();
    }

    /** Tells each listener that the file may be open, unless all know. */
    void noteOpen() {
        if (!allNoted) {
            allNoted = true;
            listeners.forEach(each -> each.mayBeOpen(true));
        }
    }

    /** Tells each listener that no writer has the file open. */
    void noteClosed() {
        allNoted = false;
        listeners.forEach(each -> each.mayBeOpen(false));
    }
}
