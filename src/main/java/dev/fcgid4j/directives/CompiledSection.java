/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A compiled piece of configuration: what it changes, and its sections, each kind in the order of the file.
 *
 * @param changes applied to the rules, in order
 * @param directories for {@code <Directory>}: tested with the absolute path of each directory on the way
 * @param directoryMatches for those with a regular expression: tested with the path of the last directory only
 * @param files for {@code <Files>}: tested with a file's name
 * @param locations for {@code <Location>}: tested with the whole URL path
 */
public record CompiledSection(
        List<Consumer<DirectoryConfig>> changes,
        List<Scope> directories,
        List<Scope> directoryMatches,
        List<Scope> files,
        List<Scope> locations) {

    /** A section: where it applies, and what it says. */
    public record Scope(Predicate<String> applies, CompiledSection block) {}

    /** A block without sections. */
    public static CompiledSection of(Consumer<DirectoryConfig> change) {
        return new CompiledSection(List.of(change), List.of(), List.of(), List.of(), List.of());
    }

    /** Applies its own changes, in order; not those of its sections. */
    public void applyTo(DirectoryConfig rules) {
        changes.forEach(change -> change.accept(rules));
    }

    /** Applies the sections that match, in order. */
    public static void apply(List<Scope> scopes, String to, DirectoryConfig rules) {
        for (Scope scope : scopes) {
            if (scope.applies().test(to)) {
                scope.block().applyTo(rules);
            }
        }
    }
}
