/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

/**
 * Which symbolic links may stand in the path of a file. Whether they may lead out of the site is another question
 * ({@link DirectoryConfig#followSymlinks()}).
 *
 * <p>Immutable. Source: httpd's core.
 *
 * @param follow whether links are followed (FollowSymLinks)
 * @param sameOwner whether only those are followed that belong to the owner of what they lead to (SymLinksIfOwnerMatch);
 *     it counts over {@code follow}
 */
public record LinkPolicy(boolean follow, boolean sameOwner) {

    /** All links are followed. */
    static final LinkPolicy FOLLOW = new LinkPolicy(true, false);

    /** Returns whether every link is followed. */
    public boolean followsAll() {
        return follow && !sameOwner;
    }

    /** Returns whether no link is followed. */
    public boolean refusesAll() {
        return !follow && !sameOwner;
    }

    /** Returns the policy that follows a link only if this one and another do. */
    LinkPolicy restrictedTo(boolean otherFollows, boolean otherSameOwner) {
        if (refusesAll() || (!otherFollows && !otherSameOwner)) {
            return new LinkPolicy(false, false);
        }
        return new LinkPolicy(follow && otherFollows, sameOwner || otherSameOwner);
    }
}
