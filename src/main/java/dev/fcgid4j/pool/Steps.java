/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import java.util.Optional;
import java.util.function.Consumer;

/** Runs one step for each of several classes, so that a step that fails keeps no other class from its own. Stateless. */
final class Steps {

    private Steps() {}

    /** Runs the step for each item, in order, and throws the first failure at the end. */
    static <T> void forEach(Iterable<T> items, Consumer<T> step) {
        Optional<Throwable> first = Optional.empty();
        for (T item : items) {
            try {
                step.accept(item);
            } catch (RuntimeException | Error e) {
                first = first.isPresent() ? first : Optional.of(e);
            }
        }
        if (first.isPresent()) {
            rethrow(first.get());
        }
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }
}
