/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;

/**
 * A file that a process has reported as loaded, and its stamp just before. If the process reported only the path, all numbers
 * are 0.
 *
 * @param path absolute
 * @param reportedNanos time of the report since 1970, by this host's clock; 0 if only the path is known
 * @param modifiedNanos modification time, with the precision of the process's language
 * @param changedNanos change time of the inode, with the same precision
 * @param size bytes
 * @param inode number of the file in its file system
 * @param content the FNV-1a hash of the first MiB, as eight hexadecimal digits, if the file had changed so shortly before that
 *     its stamp proves nothing; otherwise empty
 */
public record LoadedFile(
        Path path, long reportedNanos, long modifiedNanos, long changedNanos, long size, long inode, String content) {

    public LoadedFile {
        requireNonNull(path, "path");
        requireNonNull(content, "content");
    }

    /** A file of which only the path is known. */
    public static LoadedFile named(Path path) {
        return new LoadedFile(path, 0, 0, 0, 0, 0, "");
    }

    /** Returns whether only the path is known. */
    public boolean isNameOnly() {
        return reportedNanos == 0;
    }

    /** Returns whether the times are whole seconds. */
    public boolean isCoarse() {
        return modifiedNanos % 1_000_000_000L == 0 && changedNanos % 1_000_000_000L == 0;
    }
}
