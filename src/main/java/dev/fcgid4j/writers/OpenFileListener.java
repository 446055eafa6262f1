/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import java.nio.file.Path;

/** A watched file, as {@link OpenFileTracker} sees it. */
interface OpenFileListener {

    /** The file. */
    Path path();

    /**
     * Notes whether a process may have the file open.
     *
     * <p>Threading: called under the tracker's lock. It returns quickly, and calls nothing back.
     */
    void mayBeOpen(boolean open);

    /** Returns whether the file is being changed; {@link WriterWatch#isBeingChanged}. Reads the disk. */
    boolean isBeingChanged();
}
