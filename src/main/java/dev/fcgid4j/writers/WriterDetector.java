/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import dev.fcgid4j.watch.FileWatcher;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/**
 * Watches files, as a {@link FileWatcher} does, so that each watch can be asked whether a writer is changing its files that
 * no event has reported yet.
 *
 * <p>Threading: any thread that may block. Listeners are called by threads that drain the watcher.
 */
public interface WriterDetector {

    /**
     * Watches each file for a listener of its own. A check reads the disk once.
     *
     * @param listeners absolute paths, each with its listener
     * @return a watch for each path, in the same order
     */
    Map<Path, WriterWatch> watchEach(Map<Path, ? extends FileWatcher.FileListener> listeners);

    /**
     * Watches a few files. A check reads the disk once for each.
     *
     * @param files absolute paths
     */
    WriterWatch watchFew(Collection<Path> files, FileWatcher.FileListener listener);

    /**
     * Watches files that are checked often. The cost of a check doesn't grow with their number, but with that of their
     * directories and of the files that were opened within the last second.
     *
     * @param files absolute paths
     */
    WriterWatch watchMany(Collection<Path> files, FileWatcher.FileListener listener);
}
