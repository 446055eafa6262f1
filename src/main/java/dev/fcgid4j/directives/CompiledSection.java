/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * A compiled configuration file or section: its own changes, and the sections in it, each kind in the order of the file.
 *
 * <p>Immutable.
 *
 * @param changes to a {@link DirectoryConfig}, in order
 * @param directories {@code <Directory>} sections; their test takes the absolute path of each directory on the way, then
 *     that of the file
 * @param directoryMatches {@code <Directory>} sections with a regular expression; their test takes the path of the file, or
 *     of the directory that is asked for
 * @param files {@code <Files>} sections; their test takes the name of a file
 * @param locations {@code <Location>} sections; their test takes the whole URL path as a byte string
 */
public record CompiledSection(
        List<Consumer<DirectoryConfig>> changes,
        List<Scope> directories,
        List<Scope> directoryMatches,
        List<Scope> files,
        List<Scope> locations) {

    public CompiledSection {
        changes = List.copyOf(changes);
        directories = List.copyOf(directories);
        directoryMatches = List.copyOf(directoryMatches);
        files = List.copyOf(files);
        locations = List.copyOf(locations);
    }

    /**
     * A section in a file.
     *
     * @param applies tests a path or name
     * @param section the content
     */
    public record Scope(Predicate<String> applies, CompiledSection section) {}

    /** Returns a section with one change and no sections in it. */
    public static CompiledSection of(Consumer<DirectoryConfig> change) {
        return new CompiledSection(List.of(change), List.of(), List.of(), List.of(), List.of());
    }

    /** Applies its own changes, in order; not those of the sections in it. */
    public void applyTo(DirectoryConfig config) {
        changes.forEach(change -> change.accept(config));
    }

    /** Applies the sections whose test accepts a path or name, in order. */
    public static void apply(List<Scope> scopes, String pathOrName, DirectoryConfig config) {
        for (Scope scope : scopes) {
            if (scope.applies().test(pathOrName)) {
                scope.section().applyTo(config);
            }
        }
    }
}
