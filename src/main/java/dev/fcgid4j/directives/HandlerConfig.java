/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The part of a {@link DirectoryConfig} that selects handlers. Threading: as {@link DirectoryConfig}. */
final class HandlerConfig {

    /** Names in lower case; suffixes as {@link FileSuffix} gives them. */
    Optional<String> setHandler = Optional.empty();

    final Map<String, String> handlerBySuffix = new HashMap<>();

    /** Media types that make other servers run a file, such as {@code AddType application/x-httpd-php .foo}. */
    Optional<String> forcedType = Optional.empty();

    final Map<String, String> typeBySuffix = new HashMap<>();

    final ProtectedSources sources = new ProtectedSources();

    /** Suffixes that one section has given a handler and taken it away again. */
    private final List<String> addedAndRemoved = new ArrayList<>();

    HandlerConfig copy() {
        HandlerConfig other = new HandlerConfig();
        other.setHandler = setHandler;
        other.handlerBySuffix.putAll(handlerBySuffix);
        other.forcedType = forcedType;
        other.typeBySuffix.putAll(typeBySuffix);
        other.sources.addAll(sources);
        other.addedAndRemoved.addAll(addedAndRemoved);
        return other;
    }

    /**
     * Begins a section with handlers. httpd forgets there what the section before it has removed, so that files which
     * were sent run again: their source is protected.
     *
     * @param both the suffixes that the section itself adds and removes
     */
    void remerge(List<String> both) {
        sources.protect(addedAndRemoved);
        addedAndRemoved.addAll(both);
    }

    /** Protects the source of the files that another configuration runs or protects. */
    void protect(HandlerConfig other) {
        sources.addAll(other.sources);
        sources.protectHandlers(other);
    }

    /** Returns the handler of a file: SetHandler, else AddHandler for its suffix, else a media type that acts as one. */
    Optional<String> handlerOf(String fileName) {
        if (setHandler.isPresent()) {
            return setHandler;
        }
        String suffix = FileSuffix.of(fileName);
        return Optional.ofNullable(handlerBySuffix.get(suffix))
                .or(() -> forcedType)
                .or(() -> Optional.ofNullable(typeBySuffix.get(suffix)));
    }

    /** Returns whether a file is run here or in another server: by its handler, or by its suffix if SetHandler hides that. */
    boolean isProgram(String fileName) {
        String suffix = FileSuffix.of(fileName);
        return handlerOf(fileName).filter(Handlers::runsPrograms).isPresent()
                || Handlers.runsPrograms(handlerBySuffix.getOrDefault(suffix, ""))
                || typeBySuffix.containsKey(suffix)
                || sources.has(suffix);
    }
}
