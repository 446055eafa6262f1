/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.util.List;

/**
 * The state of a class's files just before a process of the class starts. {@link ClassFreshness#mayStart} decides on it.
 *
 * @param generation the generation of the files that are watched; a file that was created after that generation began may
 *     not be watched yet
 * @param changeCount {@link ClassFreshness#changeCount} before the search for missing files: if the count has changed
 *     since then, a missing file may be back
 * @param missing the files that a new process may need and that are missing now
 */
public record FilesBeforeStart(int generation, int changeCount, List<MissingFile> missing) {

    public FilesBeforeStart {
        missing = List.copyOf(missing);
    }
}
