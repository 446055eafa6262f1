/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.writers;

import java.util.List;

/** Several watches as one. */
record SeveralWriterWatches(List<? extends WriterWatch> watches) implements WriterWatch {

    @Override
    public boolean isBeingChanged() {
        return watches.stream().anyMatch(WriterWatch::isBeingChanged);
    }

    @Override
    public boolean immediate() {
        return watches.stream().allMatch(WriterWatch::immediate);
    }

    @Override
    public void compare() {
        watches.forEach(WriterWatch::compare);
    }

    @Override
    public void close() {
        watches.forEach(WriterWatch::close);
    }
}
