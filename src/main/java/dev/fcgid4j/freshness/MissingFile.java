/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.nio.file.Path;

/**
 * A file that existed and is missing now, as between two steps of a deployment: it was deleted and is not yet written
 * again, or its directory was moved away and is not yet replaced.
 *
 * @param file the path; it may name nothing
 * @param untilNanos the file counts as removed from this time on, on the pool's clock
 */
public record MissingFile(Path file, long untilNanos) {}
