/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.observe.RetireReason;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a worker is marked for retirement, and why. A marked worker gets no new request. The first mark stays, because
 * later reasons are often its consequences.
 *
 * <p>Threading: the lock of the worker's group guards {@link #set} and {@link #stop}. Any thread may read.
 */
public final class RetirementMark {

    private volatile @Nullable RetireReason reason;
    private volatile @Nullable Path file;
    private volatile @Nullable RetireReason stop;

    RetirementMark() {}

    /** Sets the mark if there is none. Guarded by the group's lock. */
    public void set(RetireReason why) {
        if (reason == null) {
            reason = requireNonNull(why, "why");
        }
    }

    /** Sets the mark if there is none, because a file changed. Guarded by the group's lock. */
    public void set(RetireReason why, Path changed) {
        if (reason == null) {
            file = requireNonNull(changed, "changed"); // before the reason: a reader that sees the reason sees the file
        }
        set(why);
    }

    /** Sets the mark if there is none, and records that the worker must not finish its request. Guarded by the group's lock. */
    public void stop(RetireReason why) {
        stop = requireNonNull(why, "why");
        set(why);
    }

    /**
     * Returns why the pool stopped the worker in the middle of its request; empty if it did not. The reason of the mark may be
     * another one, because the first stays.
     */
    public Optional<RetireReason> stopReason() {
        return Optional.ofNullable(stop);
    }

    /** Returns the reason; empty if the worker isn't marked. */
    public Optional<RetireReason> reason() {
        return Optional.ofNullable(reason);
    }

    /** Returns the file whose change is the reason, if a change is the reason. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** Returns reason and file in words; empty if the worker isn't marked. */
    @Override
    public String toString() {
        String why = reason().map(RetireReason::toString).orElse("");
        return file().map(changed -> why + ": " + changed).orElse(why);
    }
}
