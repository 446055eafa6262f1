/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * URL paths that led to a script until a moment ago and whose file is missing now. A writer that replaces a file may
 * delete it first, so such a path is refused only for a while, and the refusal says that the script may come back.
 *
 * <p>Threading: any thread.
 */
final class MissingScripts {

    private static final int MAX_PATHS = 2_000; // only paths whose answer was remembered, so none is long
    private static final int NOT_FOUND = 404;

    private final long quietNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Missing> missing = new ConcurrentHashMap<>();

    /** A missing script, and the time until which it may come back. */
    private record Missing(Path script, long untilNanos) {}

    /**
     * Creates an empty list.
     *
     * @param quietTime how long a script may be missing until it counts as removed (FcgidQuietTime)
     * @param nanoTime the clock
     */
    MissingScripts(Duration quietTime, LongSupplier nanoTime) {
        this.quietNanos = quietTime.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Begins a lookup of a path. To be called before the disk is read.
     *
     * @param before the script that the path led to by the answer that is no longer valid
     */
    Lookup begin(String path, Optional<Path> before) {
        Missing known = missing.get(path);
        Path script = known != null ? known.script() : before.orElse(null);
        return new Lookup(path, known, script, script != null && Files.notExists(script));
    }

    private boolean isOver(Missing each) {
        return each.untilNanos() - nanoTime.getAsLong() <= 0;
    }

    private void remember(String path, Missing fresh) {
        if (missing.size() >= MAX_PATHS) {
            missing.values().removeIf(this::isOver); // paths that no client asked for again
        }
        if (missing.size() < MAX_PATHS) {
            missing.putIfAbsent(path, fresh);
        }
    }

    /** One lookup of a path. One thread, one use. */
    final class Lookup {

        private final String path;
        private final @Nullable Missing known;
        private final @Nullable Path script;
        private final boolean wasMissing;

        private Lookup(String path, @Nullable Missing known, @Nullable Path script, boolean wasMissing) {
            this.path = path;
            this.known = known;
            this.script = script;
            this.wasMissing = wasMissing;
        }

        /**
         * Decides the answer to the path.
         *
         * @param found what the directory walk found
         * @return that; or, while the script is missing, a refusal that {@link Resolution.Refused#mayComeBack}
         */
        Resolution decide(Resolution found) {
            if (script == null) {
                return found;
            }
            if (leadsTo(script, found) || !(isNotFound(found) || wasMissing || Files.notExists(script))) {
                missing.remove(path);
                return found;
            }
            Missing now = known != null ? known : new Missing(script, nanoTime.getAsLong() + quietNanos);
            if (isOver(now)) {
                missing.remove(path);
                return found;
            }
            remember(path, now);
            return new Resolution.Refused(NOT_FOUND, script + " is missing and may come back", true);
        }

        private static boolean leadsTo(Path script, Resolution found) {
            return found instanceof Resolution.Script now
                    && now.path().scriptFile().equals(script);
        }

        private static boolean isNotFound(Resolution found) {
            return found instanceof Resolution.Refused refused && refused.status() == NOT_FOUND;
        }
    }
}
