/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Why a generation began: the reason for which workers of older generations retire.
 *
 * @param file the changed file, if a change is the reason
 */
record GenerationCause(RetireReason reason, Optional<Path> file) {

    static GenerationCause changed(Path file) {
        return new GenerationCause(RetireReason.SCRIPT_CHANGED, Optional.of(file));
    }

    static GenerationCause loadedFileChanged(Path file) {
        return new GenerationCause(RetireReason.LOADED_FILE_CHANGED, Optional.of(file));
    }

    static GenerationCause recycled() {
        return new GenerationCause(RetireReason.RECYCLED, Optional.empty());
    }

    /** Marks a worker for retirement with this reason. */
    void mark(Worker worker) {
        file.ifPresentOrElse(changed -> worker.retirement().set(reason, changed), () -> worker.retirement()
                .set(reason));
    }
}
