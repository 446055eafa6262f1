/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.config.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A {@link Block} in the making.
 *
 * <p>Threading: one thread, one use.
 */
final class Parts {

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
    final AccessRules access;
    final RewriteRules rewrites;
    final List<Consumer<Rules>> changes = new ArrayList<>();
    final List<Block.Scope> directories = new ArrayList<>();
    final List<Block.Scope> directoryMatches = new ArrayList<>();
    final List<Block.Scope> files;
    final List<Block.Scope> locations = new ArrayList<>();
    private final List<String> indexes = new ArrayList<>();

    Parts(Where where, RewriteRules rewrites, Consumer<String> warnings) {
        this(where, rewrites, warnings, new ArrayList<>());
    }

    private Parts(Where where, RewriteRules rewrites, Consumer<String> warnings, List<Block.Scope> files) {
        this.where = where;
        this.access = new AccessRules(warnings);
        this.rewrites = rewrites;
        this.files = files;
    }

    /**
     * Adds a {@code <Files>} section.
     *
     * @param content fills the section; sections inside it belong to this block too, after it
     * @param mayGrant whether it may lift a denial
     */
    void addFiles(Node.Section section, Consumer<Parts> content, boolean mayGrant, Consumer<String> warnings) {
        int at = files.size();
        Parts inner = new Parts(Where.FILES, rewrites.sibling(), warnings, files);
        content.accept(inner);
        files.add(at, new Block.Scope(Patterns.file(section), inner.build(mayGrant)));
    }

    /** Adds a {@code <Directory>} or {@code <Location>} section. */
    void addScope(Node.Section section, Block block) {
        if (section.key().startsWith("location")) {
            locations.add(new Block.Scope(Patterns.location(section), block));
        } else {
            (Patterns.isRegex(section) ? directoryMatches : directories)
                    .add(new Block.Scope(Patterns.directory(section), block));
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
    Block build(boolean mayGrant) {
        access.addTo(changes, mayGrant);
        Optional<Refusal> refusal = rewrites.refusal();
        refusal.ifPresent(r -> changes.add(rules -> rules.refusals.add(r)));
        boolean outer = where != Where.FILES;
        return new Block(
                List.copyOf(changes),
                List.copyOf(directories),
                List.copyOf(directoryMatches),
                outer ? List.copyOf(files) : List.of(),
                List.copyOf(locations));
    }
}
