/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.api.Internal;
import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.config.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The settings of one site.
 *
 * <p>Immutable.
 *
 * @param documentRoot an existing directory, absolute
 * @param directives of the server's configuration, without the limits of the whole server
 * @param quietTime how long a script may be missing until it counts as removed; default 1 s (FcgidQuietTime)
 * @param limits of every application
 */
@Internal
@SuppressWarnings("exports")
public record MappingSettings(Path documentRoot, List<Node> directives, Duration quietTime, ClassLimits limits) {

    public MappingSettings {
        requireNonNull(documentRoot, "documentRoot");
        directives = List.copyOf(directives);
        requireNonNull(quietTime, "quietTime");
        requireNonNull(limits, "limits");
    }
}
