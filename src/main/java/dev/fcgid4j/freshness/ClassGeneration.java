/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.freshness;

import dev.fcgid4j.freshness.FreshnessDecision.GenerationBegan;
import dev.fcgid4j.freshness.FreshnessDecision.WorkersOutdated;
import dev.fcgid4j.observe.RetireReason;
import dev.fcgid4j.worker.Worker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The generation of a class's files, and the changes that take effect when the settle time ends.
 *
 * <p>Threading: guarded by the group's lock.
 */
final class ClassGeneration {

    private int number;
    private GenerationCause cause = new GenerationCause(RetireReason.SCRIPT_CHANGED, Optional.empty());
    private Optional<FileChange> lastChange = Optional.empty();
    private Optional<GenerationCause> pendingCause = Optional.empty();
    private final Map<Worker, Path> pendingOutdated = new LinkedHashMap<>();

    /** The number of generations that began before. */
    int number() {
        return number;
    }

    /** Why this generation began. */
    GenerationCause cause() {
        return cause;
    }

    /** The last change; empty if there was none. */
    Optional<FileChange> lastChange() {
        return lastChange;
    }

    void noteChange(Path file) {
        lastChange = Optional.of(new FileChange(Clock.systemUTC().instant(), file));
    }

    /** Begins the next generation. */
    GenerationBegan begin(GenerationCause why) {
        number++;
        cause = why;
        return new GenerationBegan(why.reason(), why.file());
    }

    // ---- when the settle time ends --------------------------------------------------------------------------------

    /** A generation begins when the settle time ends. */
    void beginLater(GenerationCause why) {
        pendingCause = Optional.of(why);
    }

    /** The same, but an earlier cause stays. */
    void beginLaterIfNotPending(GenerationCause why) {
        pendingCause = Optional.of(pendingCause.orElse(why));
    }

    /** A worker is outdated when the settle time ends. */
    void outdatedLater(Worker worker, Path file) {
        pendingOutdated.putIfAbsent(worker, file);
    }

    void workerEnded(Worker worker) {
        pendingOutdated.remove(worker);
    }

    /** Decides on the pending changes. A generation covers the outdated workers too. */
    List<FreshnessDecision> takePending() {
        Map<Worker, Path> outdated = new LinkedHashMap<>(pendingOutdated);
        pendingOutdated.clear();
        Optional<GenerationCause> next = pendingCause;
        pendingCause = Optional.empty();
        if (next.isPresent()) {
            return List.of(begin(next.get()));
        }
        return outdated.isEmpty()
                ? List.of()
                : List.of(new WorkersOutdated(RetireReason.LOADED_FILE_CHANGED, outdated));
    }
}
