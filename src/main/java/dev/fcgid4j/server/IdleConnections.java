/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of one event loop, the longest idle first: a list whose links are in its members, so that a request
 * costs no allocation.
 *
 * <p>Threading: belongs to its event loop.
 */
final class IdleConnections {

    private static final int MOST_LOOKED_AT = 64;

    /** A member of the list, or of none. */
    abstract static class Member {
        private @Nullable Member previous;
        private @Nullable Member next;
        private boolean linked;

        /** The address that the connection counts for; null if it counts for none. */
        abstract @Nullable InetAddress address();

        /** Whether everything that was written to the client has left. */
        abstract boolean isQuiet();

        /** Closes the connection. */
        abstract void evict();
    }

    private @Nullable Member first;
    private @Nullable Member last;

    /** Adds a connection at the end, as the one that became idle last; nothing happens if it is in the list. */
    void add(Member member) {
        if (member.linked) {
            return;
        }
        member.linked = true;
        Member before = last;
        member.previous = before;
        member.next = null;
        last = member;
        if (before == null) {
            first = member;
        } else {
            before.next = member;
        }
    }

    /** Removes a connection; nothing happens if it is not in the list. */
    void remove(Member member) {
        if (!member.linked) {
            return;
        }
        member.linked = false;
        Member before = member.previous;
        Member after = member.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        member.previous = null;
        member.next = null;
    }

    /**
     * Closes the connection that has been idle for the longest time; false if there is none among the oldest {@value
     * #MOST_LOOKED_AT}.
     */
    boolean evictOldest() {
        return evictFirst(null);
    }

    /** Closes an idle connection of an address; false if there is none among the oldest {@value #MOST_LOOKED_AT}. */
    boolean evictOldestOf(InetAddress address) {
        return evictFirst(address);
    }

    /**
     * Closes the oldest connection that is quiet, of any address or of this one; false if there is none. A connection that
     * still sends goes to the end of the list, so that many of them can't hide the idle ones behind them for ever.
     */
    private boolean evictFirst(@Nullable InetAddress address) {
        Member each = first;
        for (int i = 0; i < MOST_LOOKED_AT && each != null; i++) {
            Member next = each.next;
            if (!each.isQuiet()) {
                remove(each);
                add(each);
            } else if (address == null || address.equals(each.address())) {
                remove(each);
                each.evict();
                return true;
            }
            each = next;
        }
        return false;
    }
}
