/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The result of comparing the files that a worker has loaded with the files that are there now.
 *
 * @param outdated a file that changed after the worker loaded it, if there is one
 * @param missing the files that the worker has loaded and that are missing now; the next verification looks at them again
 */
public record VerificationResult(Optional<Path> outdated, List<MissingFile> missing) {

    /** Every loaded file is there and unchanged. */
    public static final VerificationResult UNCHANGED = new VerificationResult(Optional.empty(), List.of());

    public VerificationResult {
        missing = List.copyOf(missing);
    }
}
