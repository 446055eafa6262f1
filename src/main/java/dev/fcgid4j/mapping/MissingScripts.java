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
 * Paths that led to a script until a moment ago whose file is gone: whoever writes it anew may have deleted it first.
 *
 * <p>Threading: any thread.
 */
final class MissingScripts {

    private static final int MAX_PATHS = 10_000;
    private static final int NOT_FOUND = 404;

    private final long quietNanos;
    private final LongSupplier nanoTime;
    private final Map<String, Gone> gone = new ConcurrentHashMap<>();

    /** A script that a path led to, and until when it may come back. */
    private record Gone(Path script, long untilNanos) {}

    /**
     * Creates one.
     *
     * @param quietTime how long a script may be away
     */
    MissingScripts(Duration quietTime, LongSupplier nanoTime) {
        this.quietNanos = quietTime.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Begins to look where a path leads.
     *
     * @param before the script that it led to by the answer known so far, which holds no longer
     */
    Look look(String path, Optional<Path> before) {
        Gone known = gone.get(path);
        Path script = known != null ? known.script() : before.orElse(null);
        return new Look(path, known, script, script != null && Files.notExists(script));
    }

    private boolean isOver(Gone each) {
        return each.untilNanos() - nanoTime.getAsLong() <= 0;
    }

    private void note(String path, Gone fresh) {
        if (gone.size() >= MAX_PATHS) {
            gone.values().removeIf(this::isOver); // nobody has asked for them again
        }
        if (gone.size() < MAX_PATHS) {
            gone.putIfAbsent(path, fresh);
        }
    }

    /** One look at where a path leads. */
    final class Look {

        private final String path;
        private final @Nullable Gone known;
        private final @Nullable Path script;
        private final boolean wasMissing;

        private Look(String path, @Nullable Gone known, @Nullable Path script, boolean wasMissing) {
            this.path = path;
            this.known = known;
            this.script = script;
            this.wasMissing = wasMissing;
        }

        /**
         * Whether what is found instead of the script, as its file isn't there, is the answer.
         *
         * @return it, or a refusal that {@link Resolution.Refused#mayComeBack}
         */
        Resolution judge(Resolution found) {
            if (script == null) {
                return found;
            }
            if (leadsTo(script, found) || !(isNotFound(found) || wasMissing || Files.notExists(script))) {
                gone.remove(path);
                return found;
            }
            Gone now = known != null ? known : new Gone(script, nanoTime.getAsLong() + quietNanos);
            if (isOver(now)) {
                gone.remove(path);
                return found;
            }
            note(path, now);
            return new Resolution.Refused(NOT_FOUND, script + " is away", true);
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
