/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The remembered answers of a site, by path without query.
 *
 * <h2>Bound</h2>
 *
 * <p>All answers together have at most {@value #MAX_BYTES} bytes, as {@link CachedAnswer} estimates them. Clients choose the
 * paths, so an answer whose path needs more than {@value #MAX_REQUEST_BYTES} bytes isn't remembered.
 *
 * <p>Threading: any thread; no lock. Threads that add answers at the same moment may exceed the bound by one answer each.
 */
final class AnswerCache {

    static final int MAX_BYTES = 8 * 1024 * 1024;
    static final int MAX_REQUEST_BYTES = 1024;

    private final Map<String, CachedAnswer> answers = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** Returns the answer to a path, valid or not; null if there is none. */
    @Nullable
    CachedAnswer get(String path) {
        return answers.get(path);
    }

    /** Returns whether an answer is small enough to be remembered. */
    static boolean accepts(CachedAnswer answer) {
        return answer.requestBytes() <= MAX_REQUEST_BYTES;
    }

    /** Returns whether one more answer exceeds the bound. */
    boolean isFullFor(CachedAnswer answer) {
        return bytes.get() + answer.bytes() > MAX_BYTES;
    }

    /** Adds an answer. Returns the one that it replaces, which the caller releases; null if there is none. */
    @Nullable
    CachedAnswer put(String path, CachedAnswer answer) {
        bytes.addAndGet(answer.bytes());
        CachedAnswer replaced = answers.put(path, answer);
        if (replaced != null) {
            bytes.addAndGet(-replaced.bytes());
        }
        return replaced;
    }

    /** Removes an answer. Returns false if another thread has removed or replaced it. */
    boolean remove(String path, CachedAnswer answer) {
        boolean removed = answers.remove(path, answer);
        if (removed) {
            bytes.addAndGet(-answer.bytes());
        }
        return removed;
    }

    /** Removes all answers, without releasing them. */
    void clear() {
        answers.forEach(this::remove);
    }

    void forEach(BiConsumer<String, CachedAnswer> action) {
        answers.forEach(action);
    }

    Stream<CachedAnswer> stream() {
        return answers.values().stream();
    }

    int size() {
        return answers.size();
    }

    /** Returns the estimated bytes of all answers. */
    long bytes() {
        return bytes.get();
    }
}
