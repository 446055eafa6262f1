/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.watch;

/**
 * Who wants to know of what in one directory.
 *
 * @param name the entry concerned; empty for {@link Kind#SELF}, {@link Kind#NAMES} and {@link Kind#APPENDS}
 */
record DirectoryInterest(Subscription owner, Kind kind, String name) {

    /** What is of interest. */
    enum Kind {
        /** The directory itself: whether it is moved or removed. */
        SELF,
        /** An entry on the way to a file: a symbolic link, or a name that isn't there yet. */
        NAME,
        /** The entry that is the file itself, so that writing to it matters. */
        FILE,
        /** All entries, once whoever writes them is done. */
        NAMES,
        /** All entries, at each write. */
        APPENDS
    }

    /** The same interest in one entry. */
    DirectoryInterest in(String entry) {
        return name.equals(entry) ? this : new DirectoryInterest(owner, kind, entry);
    }
}
