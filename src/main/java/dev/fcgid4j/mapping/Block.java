/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A compiled piece of configuration: what it changes, and its sections in the order in which Apache merges them.
 *
 * @param changes applied to the rules, in order
 * @param directories for {@code <Directory>}: tested with a directory's absolute path
 * @param files for {@code <Files>}: tested with a file's name
 * @param locations for {@code <Location>}: tested with the URL path
 */
record Block(List<Consumer<Rules>> changes, List<Scope> directories, List<Scope> files, List<Scope> locations) {

    static final Block EMPTY = new Block(List.of(), List.of(), List.of(), List.of());

    /** A section: where it applies, and what it says. */
    record Scope(Predicate<String> applies, Block block) {}

    void applyTo(Rules rules) {
        changes.forEach(change -> change.accept(rules));
    }

    static void apply(List<Scope> scopes, String to, Rules rules) {
        for (Scope scope : scopes) {
            if (scope.applies().test(to)) {
                scope.block().applyTo(rules);
            }
        }
    }
}
