/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.worker.Worker;
import dev.fcgid4j.worker.WorkerState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of a rollout, in which a new generation takes over from one that serves (FcgidReplace rolling). One process of
 * the new generation, the candidate, is started beside the old ones and checked. Then, as the canary, it may get a share of
 * the requests first (FcgidCanary).
 *
 * <pre>{@code
 * NONE --> TRYING --> CANARY --> NONE       the new generation serves, the old one is retired
 *             \          |
 *              +---> REFUSED                the old one goes on; the next change begins again at TRYING
 * }</pre>
 *
 * <p>Threading: guarded by the group's lock.
 */
final class RolloutState {

    /** The number of requests that a canary must have answered before it may take over. */
    private static final int ENOUGH = 20;
    /** The number of failures below which a canary is never refused. */
    private static final int TOO_MANY = 3;

    private enum Phase {
        NONE,
        TRYING,
        CANARY,
        REFUSED
    }

    private final int canaryPercent;
    private Phase phase = Phase.NONE;
    private int serving;
    private int target;
    private @Nullable Worker candidate;
    private boolean passed;
    private String why = "";
    private @Nullable Worker refused;

    // Since the canary began.
    private long turns;
    private long given;
    private long newRequests;
    private long newFailures;
    private long oldRequests;
    private long oldFailures;

    RolloutState(int canaryPercent) {
        this.canaryPercent = canaryPercent;
    }

    /** A new generation began; the one that serves goes on meanwhile. A generation that was being tried is dropped. */
    void begin(int servingNow, int next) {
        if (phase == Phase.NONE) {
            serving = servingNow;
        }
        phase = Phase.TRYING;
        target = next;
        candidate = null;
        passed = false;
        refused = null;
        why = "";
    }

    /** Whether an older generation than the newest serves. */
    boolean isActive() {
        return phase != Phase.NONE;
    }

    /** Whether a worker belongs to neither the generation that serves nor the one that is tried. */
    boolean isForeign(Worker worker) {
        return worker.generation() != serving && worker.generation() != target;
    }

    /** Whether a candidate should be started. */
    boolean wantsCandidate() {
        return candidate == null && (phase == Phase.TRYING || phase == Phase.CANARY);
    }

    void candidate(Worker worker) {
        candidate = worker;
    }

    Optional<Worker> candidate() {
        return Optional.ofNullable(candidate);
    }

    boolean isCandidate(Worker worker) {
        return worker == candidate;
    }

    /** Whether a worker is the candidate and must be checked before it may serve. */
    boolean holds(Worker worker) {
        return worker == candidate && phase == Phase.TRYING;
    }

    /** Whether a worker is the canary, which serves only its share of the requests. */
    boolean isCanary(Worker worker) {
        return worker == candidate && phase == Phase.CANARY;
    }

    /** The candidate passed its check. */
    void passed() {
        passed = true;
    }

    /** Whether the candidate passed its check. */
    boolean hasPassed() {
        return passed;
    }

    /** Whether the newest generation was refused. */
    boolean isRefused() {
        return phase == Phase.REFUSED;
    }

    /** The candidate is ready; true if it takes over at once, false if it becomes the canary. */
    boolean ready() {
        if (canaryPercent == 0) {
            return true;
        }
        phase = Phase.CANARY;
        turns = 0;
        given = 0;
        newRequests = 0;
        newFailures = 0;
        oldRequests = 0;
        oldFailures = 0;
        return false;
    }

    /** The candidate has ended or is retired: another one takes its place. */
    void candidateEnded() {
        candidate = null;
        passed = false;
    }

    /** A request arrived: the canary, if it is its turn and it is idle. */
    Optional<Worker> turn() {
        if (phase != Phase.CANARY) {
            return Optional.empty();
        }
        turns++;
        if (given * 100 >= turns * canaryPercent || candidate == null || candidate.state() != WorkerState.IDLE) {
            return Optional.empty();
        }
        given++;
        return Optional.of(candidate);
    }

    /** A worker's request ended, or the worker ended between two requests. */
    void answered(Worker worker, boolean failed) {
        if (phase != Phase.CANARY) {
            return;
        }
        if (worker.generation() == target) {
            newRequests++;
            newFailures += failed ? 1 : 0;
        } else {
            oldRequests++;
            oldFailures += failed ? 1 : 0;
        }
    }

    /**
     * Whether the canary fails clearly more often than the old generation: at least {@value #TOO_MANY} times, and at
     * more than twice the old rate and a tenth.
     */
    boolean isClearlyWorse() {
        double oldRate = oldRequests == 0 ? 0 : (double) oldFailures / oldRequests;
        return phase == Phase.CANARY
                && newFailures >= TOO_MANY
                && (double) newFailures / newRequests > 2 * oldRate + 0.1;
    }

    /** Whether the canary has proved itself. */
    boolean hasProvedItself() {
        return phase == Phase.CANARY && newRequests >= ENOUGH && !isClearlyWorse();
    }

    /** The failures of both generations in words. */
    String score() {
        return newFailures + " of " + newRequests + " requests failed, of the old generation's " + oldFailures + " of "
                + oldRequests;
    }

    /** The new generation is refused. */
    void refuse(String reason, @Nullable Worker failed) {
        phase = Phase.REFUSED;
        why = reason;
        refused = failed;
        candidate = null;
        passed = false;
    }

    /** The newest generation serves. */
    void end() {
        phase = Phase.NONE;
        candidate = null;
        passed = false;
    }

    /** The newest generation. */
    int target() {
        return target;
    }

    /** The state in words; empty if there is no rollout. */
    String text() {
        return switch (phase) {
            case NONE -> "";
            case TRYING -> "generation " + target + " is being tried; generation " + serving + " serves";
            case CANARY -> "generation " + target + " gets " + canaryPercent + " % of the requests: " + score();
            case REFUSED ->
                "generation " + target + " was refused, generation " + serving + " goes on: " + why
                        + (refused == null ? "" : refused.end().lastOutput());
        };
    }
}
