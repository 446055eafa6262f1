/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.util.List;

/** Several watches as one. */
record SeveralWatches(List<? extends FileWatcher.Watch> watches) implements FileWatcher.Watch {

    @Override
    public boolean immediate() {
        return watches.stream().allMatch(FileWatcher.Watch::immediate);
    }

    @Override
    public void compare() {
        watches.forEach(FileWatcher.Watch::compare);
    }

    @Override
    public void close() {
        watches.forEach(FileWatcher.Watch::close);
    }
}
