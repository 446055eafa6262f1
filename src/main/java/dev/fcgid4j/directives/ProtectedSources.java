/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The files whose source is not sent, because a line without effect here would run them in httpd.
 *
 * <p>Threading: as {@link DirectoryConfig}.
 */
final class ProtectedSources {

    private final Set<String> suffixes = new HashSet<>();
    private boolean all;

    /** Protects files with a suffix. */
    void protect(List<String> more) {
        suffixes.addAll(more);
    }

    /** Protects all files. */
    void protectAll() {
        all = true;
    }

    /** Adds what another one protects. */
    void addAll(ProtectedSources other) {
        suffixes.addAll(other.suffixes);
        all |= other.all;
    }

    /** Protects the files that handlers or types run. */
    void protectHandlers(HandlerConfig handlers) {
        all |= handlers.forcedType.isPresent()
                || handlers.setHandler.filter(Handlers::runsPrograms).isPresent();
        suffixes.addAll(handlers.typeBySuffix.keySet());
        handlers.handlerBySuffix.forEach((suffix, handler) -> {
            if (Handlers.runsPrograms(handler)) {
                suffixes.add(suffix);
            }
        });
    }

    boolean has(String suffix) {
        return all || suffixes.contains(suffix);
    }
}
