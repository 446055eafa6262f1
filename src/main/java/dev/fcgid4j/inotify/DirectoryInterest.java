/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.inotify;

import dev.fcgid4j.posix.Inotify;

/**
 * What a subscription needs to know of one directory.
 *
 * @param name the entry concerned; empty for {@link Kind#SELF}, {@link Kind#NAMES} and {@link Kind#APPENDS}
 */
record DirectoryInterest(Subscription owner, Kind kind, String name) {

    private static final int SELF_EVENTS = Inotify.DELETE_SELF | Inotify.MOVE_SELF;
    private static final int NAME_EVENTS = Inotify.MODIFY
            | Inotify.ATTRIB
            | Inotify.CLOSE_WRITE
            | Inotify.MOVED_FROM
            | Inotify.MOVED_TO
            | Inotify.CREATE
            | Inotify.DELETE;

    /** The kinds of interest, each with the events that the kernel is to queue for it. */
    enum Kind {
        /** The directory itself: whether it is moved or removed. */
        SELF(SELF_EVENTS),
        /** An entry on the path to a file: a symbolic link, or a name that doesn't exist yet. */
        NAME(NAME_EVENTS | SELF_EVENTS),
        /** The entry that is the file itself: writes to it count, too. */
        FILE(NAME_EVENTS | SELF_EVENTS),
        /** All entries, each when its writer is done. */
        NAMES(NAME_EVENTS | SELF_EVENTS),
        /** All entries, at each write. */
        APPENDS(Inotify.MODIFY | SELF_EVENTS);

        private final int events;

        Kind(int events) {
            this.events = events;
        }

        /** Bits of {@link Inotify}. */
        int events() {
            return events;
        }
    }

    /** The same interest in one entry. */
    DirectoryInterest in(String entry) {
        return name.equals(entry) ? this : new DirectoryInterest(owner, kind, entry);
    }
}
