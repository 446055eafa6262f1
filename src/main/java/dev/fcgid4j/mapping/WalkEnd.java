/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.directives.UrlPaths;

/**
 * Where a {@link DirectoryWalk} has ended, and on behalf of which request.
 *
 * @param alias that the path begins with
 * @param next how many segments of the path have been consumed; the others are the PATH_INFO of a script
 * @param request the whole path, as sections compare it
 * @param sections the configuration of the directory that was reached
 */
record WalkEnd(Site site, Alias alias, RequestPath path, int next, UrlPaths request, SectionMerge sections) {

    /** Returns whether the whole path has been consumed, and it does not ask for a directory. */
    boolean isExact() {
        return next == path.segments().size() && !path.endsWithSlash();
    }
}
