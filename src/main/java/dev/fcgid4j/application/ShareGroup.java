/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import static java.util.Objects.requireNonNull;

/**
 * The group of process classes that a class belongs to when processes are scarce: groups share them by weight first, and
 * the classes of a group share what the group gets. Immutable.
 *
 * <p>Today a group is a site. Host and user may join it as further components.
 *
 * @param site the name of the site, such as its document root
 * @param weight the part of the group beside other groups; at least 1
 */
public record ShareGroup(String site, int weight) {

    /** The group of classes that name no other. */
    public static final ShareGroup DEFAULT = new ShareGroup("", 1);

    public ShareGroup {
        requireNonNull(site, "site");
        Ranges.atLeast("weight", weight, 1);
    }

    /** The group of a site, with the weight 1. */
    public static ShareGroup ofSite(String site) {
        return new ShareGroup(site, 1);
    }
}
