/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * A file that a process says it has loaded, and what it was like just before. All zero but the path when the process
 * named the path alone.
 *
 * @param path absolute
 * @param reportedNanos when, since 1970, by this host's clock; 0 when only the path is known
 * @param modifiedNanos its modification time, with the precision that the language offers
 * @param changedNanos its inode's change time, likewise
 * @param size bytes
 * @param inode its number
 * @param content the FNV-1a hash of its first MiB as eight hexadecimal digits, when it had changed so shortly before that
 *     its stamp proves nothing; otherwise empty
 */
public record LoadedFile(
        Path path, long reportedNanos, long modifiedNanos, long changedNanos, long size, long inode, String content) {

    public LoadedFile {
        requireNonNull(path, "path");
        requireNonNull(content, "content");
    }

    /** A path of which nothing more is known. */
    public static LoadedFile named(Path path) {
        return new LoadedFile(path, 0, 0, 0, 0, 0, "");
    }

    /** Whether only the path is known. */
    public boolean isNameOnly() {
        return reportedNanos == 0;
    }

    /** Whether its times are whole seconds. */
    public boolean isCoarse() {
        return modifiedNanos % 1_000_000_000L == 0 && changedNanos % 1_000_000_000L == 0;
    }
}
