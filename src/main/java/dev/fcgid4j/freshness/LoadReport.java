/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.util.List;

/**
 * What a process notes of the files that it loads.
 *
 * <p>Threading: one thread at a time.
 */
@FunctionalInterface
public interface LoadReport {

    /** What was noted since the last time, up to the last complete line. Reads the disk. */
    List<LoadedFile> next();
}
