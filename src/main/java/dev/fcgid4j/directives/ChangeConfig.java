/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.watch.Glob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The part of a {@link DirectoryConfig} that says which changed files replace an application, and how. Threading: as
 * {@link DirectoryConfig}.
 */
final class ChangeConfig {

    Optional<Path> reloadTrigger = Optional.empty();

    /** Whether nothing but the reload trigger replaces an application. */
    boolean triggerOnly;

    final List<Glob> watch = new ArrayList<>();
    boolean rolling;
    Optional<String> warmup = Optional.empty();
    int canaryPercent;

    ChangeConfig copy() {
        ChangeConfig other = new ChangeConfig();
        other.reloadTrigger = reloadTrigger;
        other.triggerOnly = triggerOnly;
        other.watch.addAll(watch);
        other.rolling = rolling;
        other.warmup = warmup;
        other.canaryPercent = canaryPercent;
        return other;
    }

    /** Returns the policy of an application whose own files are these. */
    ChangePolicy policy(List<Path> ownFiles) {
        List<Path> files = new ArrayList<>(triggerOnly ? List.of() : ownFiles);
        reloadTrigger.ifPresent(files::add);
        return new ChangePolicy(files, watch, !triggerOnly, rolling, warmup, canaryPercent);
    }
}
