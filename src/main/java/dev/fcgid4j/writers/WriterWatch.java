/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import dev.fcgid4j.watch.FileWatcher;
import java.util.List;

/** A watch that can be asked for writers that no event has reported yet. */
public interface WriterWatch extends FileWatcher.Watch {

    /**
     * Returns whether a writer is changing one of the files, and no event has reported that yet: the kernel truncates or
     * removes a file before it queues the event. If this returns false, the event of every change made before this call is
     * in the queue, and {@link FileWatcher#drain} reports it. Checks only what is {@link #immediate}. Reads the disk.
     */
    boolean isBeingChanged();

    /** Joins several watches to one. */
    static WriterWatch all(List<? extends WriterWatch> watches) {
        return watches.size() == 1 ? watches.get(0) : new SeveralWriterWatches(List.copyOf(watches));
    }
}
