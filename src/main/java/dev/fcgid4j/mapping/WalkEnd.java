/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.directives.DirectoryConfig;
import dev.fcgid4j.directives.UrlPaths;
import java.nio.file.Path;

/**
 * Where a {@link DirectoryWalk} has ended, and on behalf of which request.
 *
 * @param alias that the path begins with
 * @param next how many segments of the path have been consumed; the others are the PATH_INFO of a script
 * @param request the whole path, as sections compare it
 * @param sections the configuration of the directory that was reached
 * @param index whether the path was found as an index file
 */
record WalkEnd(
        Site site, Alias alias, RequestPath path, int next, UrlPaths request, SectionMerge sections, boolean index) {

    /** Returns whether the whole path has been consumed, and it does not ask for a directory. */
    boolean isExact() {
        return next == path.segments().size() && !path.endsWithSlash();
    }

    /** Returns the configuration of a file at the end. */
    DirectoryConfig configOf(Path file) {
        SectionMerge.Access exact = index ? SectionMerge.Access.INDEX : SectionMerge.Access.NAMED;
        return sections.forFile(file, isExact() ? exact : SectionMerge.Access.BELOW, request);
    }
}
