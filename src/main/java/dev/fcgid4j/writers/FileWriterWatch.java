/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import dev.fcgid4j.watch.FileWatcher;

/**
 * The watch of one file. A check reads the disk once.
 *
 * <p>Threading: any thread.
 */
record FileWriterWatch(WatchedFile file, FileWatcher.Watch watch) implements WriterWatch {

    @Override
    public boolean isBeingChanged() {
        return immediate() && file.isBeingChanged();
    }

    @Override
    public boolean immediate() {
        return watch.immediate();
    }

    @Override
    public void compare() {
        watch.compare();
    }

    @Override
    public void close() {
        watch.close();
    }
}
