/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A {@link CompiledSection} in the making.
 *
 * <p>Threading: one thread, one use.
 */
final class SectionBuilder {

    /** What a block stands in. */
    enum Where {
        SERVER,
        DIRECTORY,
        FILES,
        LOCATION,
        HTACCESS
    }

    private static final String NO_INDEX = "disabled";

    final Where where;
    final AccessDirectives access;
    final RewriteDirectives rewrites;
    final List<Consumer<DirectoryConfig>> changes = new ArrayList<>();
    final List<CompiledSection.Scope> directories = new ArrayList<>();
    final List<CompiledSection.Scope> directoryMatches = new ArrayList<>();
    final List<CompiledSection.Scope> files;
    final List<CompiledSection.Scope> locations = new ArrayList<>();
    private final List<String> indexes = new ArrayList<>();

    SectionBuilder(Where where, RewriteDirectives rewrites, Consumer<String> warnings) {
        this(where, rewrites, warnings, new ArrayList<>());
    }

    private SectionBuilder(
            Where where, RewriteDirectives rewrites, Consumer<String> warnings, List<CompiledSection.Scope> files) {
        this.where = where;
        this.access = new AccessDirectives(warnings);
        this.rewrites = rewrites;
        this.files = files;
    }

    /**
     * Adds a {@code <Files>} section.
     *
     * @param content fills the section; sections inside it belong to this block too, after it
     * @param mayGrant whether it may lift a denial
     */
    void addFiles(Node.Section section, Consumer<SectionBuilder> content, boolean mayGrant, Consumer<String> warnings) {
        int at = files.size();
        SectionBuilder inner = new SectionBuilder(Where.FILES, rewrites.sibling(), warnings, files);
        content.accept(inner);
        files.add(at, new CompiledSection.Scope(Patterns.file(section), inner.build(mayGrant)));
    }

    /** Adds a {@code <Directory>} or {@code <Location>} section. */
    void addScope(Node.Section section, CompiledSection block) {
        if (section.key().startsWith("location")) {
            locations.add(new CompiledSection.Scope(Patterns.location(section), block));
        } else {
            (Patterns.isRegex(section) ? directoryMatches : directories)
                    .add(new CompiledSection.Scope(Patterns.directory(section), block));
        }
    }

    /** {@code DirectoryIndex}: the first one in a block replaces what was inherited, the others add. */
    void addIndexes(List<String> names) {
        if (indexes.isEmpty()) {
            changes.add(rules -> rules.directoryIndex =
                    indexes.stream().filter(name -> !name.equals(NO_INDEX)).toList());
        }
        if (names.equals(List.of(NO_INDEX))) {
            indexes.clear();
        }
        indexes.addAll(names);
    }

    /** The block. */
    CompiledSection build(boolean mayGrant) {
        access.addTo(changes, mayGrant);
        Optional<Refusal> refusal = rewrites.refusal();
        refusal.ifPresent(r -> changes.add(rules -> rules.refusals.add(r)));
        boolean outer = where != Where.FILES;
        return new CompiledSection(
                List.copyOf(changes),
                List.copyOf(directories),
                List.copyOf(directoryMatches),
                outer ? List.copyOf(files) : List.of(),
                List.copyOf(locations));
    }
}
