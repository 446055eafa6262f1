/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.config.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What is served and by which rules.
 *
 * @param documentRoot existing directory, absolute
 * @param directives the server's own configuration, as far as it is about mapping; others are passed over
 * @param quietTime a script that is away counts as removed when it has not come back for so long (FcgidQuietTime)
 * @param limits those of every application
 */
public record MappingSettings(Path documentRoot, List<Node> directives, Duration quietTime, ClassLimits limits) {

    public MappingSettings {
        requireNonNull(documentRoot, "documentRoot");
        directives = List.copyOf(directives);
        requireNonNull(quietTime, "quietTime");
        requireNonNull(limits, "limits");
    }
}
