/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import dev.fcgid4j.api.Internal;
import dev.fcgid4j.watch.Glob;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which changes of files concern an application, and how they take effect.
 *
 * @param files absolute paths whose change makes a new version of the application
 * @param globs files likewise (FcgidWatch); none with a trigger alone (FcgidReloadTrigger only)
 * @param loads whether the files that a worker has loaded are watched for that worker; off with a trigger alone
 *     (FcgidReloadTrigger)
 * @param rolling whether the old version serves until a process of the new one is ready (FcgidReplace rolling)
 * @param warmup the path that a new process is asked for before it counts as ready (FcgidWarmup)
 * @param canaryPercent share of the requests that a new version gets until it has proved itself; 0 for no such test
 *     (FcgidCanary)
 */
@Internal
@SuppressWarnings("exports")
public record ChangePolicy(
        List<Path> files,
        List<Glob> globs,
        boolean loads,
        boolean rolling,
        Optional<String> warmup,
        int canaryPercent) {

    public ChangePolicy {
        files = List.copyOf(files);
        globs = loads ? List.copyOf(globs) : List.of();
        if (canaryPercent < 0 || canaryPercent > 50) {
            throw new IllegalArgumentException("canaryPercent is " + canaryPercent + ": expected 0 to 50");
        }
    }

    /** These files and what is loaded, at once. */
    public static ChangePolicy strict(List<Path> files) {
        return new ChangePolicy(files, List.of(), true, false, Optional.empty(), 0);
    }
}
