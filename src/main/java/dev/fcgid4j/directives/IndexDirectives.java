/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.Optional;
import java.util.function.Consumer;

/** The directives that say what answers for a directory and for a missing file. Stateless. */
final class IndexDirectives {

    private IndexDirectives() {}

    /** {@code DirectoryIndex}: index files, in order of preference. */
    static void directoryIndex(Node directive, SectionBuilder section, ConfigSource source) {
        section.addIndexes(Arguments.atLeast(directive, 1, "names of files"));
    }

    /** {@code FallbackResource}: the URL path that answers for missing files. */
    static Consumer<DirectoryConfig> fallbackResource(Node directive) {
        String target = Arguments.one(directive);
        Optional<String> fallback = target.equals("disabled") ? Optional.empty() : Optional.of(target);
        return config -> config.fallback = fallback;
    }
}
