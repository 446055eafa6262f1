/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

import java.util.List;

/** A file or a directory whose state is compared from time to time. */
interface Polled {

    /**
     * Compares the present state with that of the last call. Reads the disk.
     *
     * @return the names that changed since; an empty one for the file itself
     */
    List<String> changed(long nowNanos);
}
