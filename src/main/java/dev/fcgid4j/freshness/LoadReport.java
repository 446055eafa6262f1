/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import java.util.List;

/**
 * The load report of a process, in which it writes which files it loads.
 *
 * <p>Threading: one thread at a time.
 */
@FunctionalInterface
public interface LoadReport {

    /** Returns the files that were reported since the last call, up to the last complete line. Reads the disk. */
    List<LoadedFile> next();
}
