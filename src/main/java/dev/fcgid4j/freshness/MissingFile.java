/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.nio.file.Path;

/**
 * A file that was there and is away just now, as between two steps of a deployment: deleted and not yet written anew, in
 * a folder that was moved away and is not yet replaced.
 *
 * @param file what its path names, if anything
 * @param untilNanos from then on it counts as removed, on the pool's clock
 */
public record MissingFile(Path file, long untilNanos) {}
