/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Collects the changes and sections of one {@link CompiledSection}.
 *
 * <p>Threading: one thread, one use.
 */
final class SectionBuilder {

    /** What is being compiled: a file, or a section of the server's file. */
    enum Place {
        SERVER,
        DIRECTORY,
        FILES,
        LOCATION,
        HTACCESS
    }

    /** The argument of DirectoryIndex for no index file at all. */
    private static final String NO_INDEX = "disabled";

    private final Place place;
    private final Consumer<String> warnings;
    private final AccessDirectives access;
    private final RewriteDirectives rewrites;
    private final List<Consumer<DirectoryConfig>> changes = new ArrayList<>();
    private final List<CompiledSection.Scope> directories = new ArrayList<>();
    private final List<CompiledSection.Scope> directoryMatches = new ArrayList<>();
    private final List<Integer> slashesOfMatches = new ArrayList<>(); // beside directoryMatches
    private final List<CompiledSection.Scope> files;
    private final List<CompiledSection.Scope> locations = new ArrayList<>();
    private final List<String> indexes = new ArrayList<>();
    private final List<String> withHandler = new ArrayList<>();
    private final List<String> withoutHandler = new ArrayList<>();

    /**
     * Creates an empty builder.
     *
     * @param rewrites for the rules of this section; says which path they are tried on
     */
    SectionBuilder(Place place, RewriteDirectives rewrites, Consumer<String> warnings) {
        this(place, rewrites, warnings, new ArrayList<>());
    }

    private SectionBuilder(
            Place place, RewriteDirectives rewrites, Consumer<String> warnings, List<CompiledSection.Scope> files) {
        this.place = place;
        this.warnings = warnings;
        this.access = new AccessDirectives(warnings);
        this.rewrites = rewrites;
        this.files = files;
    }

    /** Returns an empty builder for a section inside this one. */
    SectionBuilder inner(Place innerPlace, RewriteDirectives innerRewrites) {
        return new SectionBuilder(innerPlace, innerRewrites, warnings);
    }

    Place place() {
        return place;
    }

    /** Collects access control; {@link #build} turns it into a change. */
    AccessDirectives access() {
        return access;
    }

    /** Collects rewrite rules; {@link #build} turns them into a change. */
    RewriteDirectives rewrites() {
        return rewrites;
    }

    void addChange(Consumer<DirectoryConfig> change) {
        changes.add(change);
    }

    /**
     * Adds a {@code <Files>} section. {@code <Files>} sections inside it become its followers, not its children.
     *
     * @param content fills the section
     * @param mayGrant whether {@code Require} in it may lift a denial
     * @param mayAllow whether {@code Allow} in it may lift a denial
     */
    void addFiles(Node.Section section, Consumer<SectionBuilder> content, boolean mayGrant, boolean mayAllow) {
        int position = files.size();
        SectionBuilder inner = new SectionBuilder(Place.FILES, rewrites.sibling(), warnings, files);
        content.accept(inner);
        files.add(position, new CompiledSection.Scope(Patterns.file(section), inner.build(mayGrant, mayAllow)));
    }

    /** Adds a {@code <Directory>} or {@code <Location>} section. */
    void addScope(Node.Section section, CompiledSection content) {
        if (section.key().startsWith("location")) {
            locations.add(new CompiledSection.Scope(Patterns.location(section), content));
        } else {
            CompiledSection.Scope scope = new CompiledSection.Scope(Patterns.directory(section), content);
            if (Patterns.isRegex(section)) {
                addDirectoryMatch(section, scope);
            } else {
                directories.add(scope);
            }
        }
    }

    /** httpd sorts these sections by the number of slashes in their expressions, then by their order in the file. */
    private void addDirectoryMatch(Node.Section section, CompiledSection.Scope scope) {
        String regex = section.args().get(section.args().size() - 1);
        int slashes = (int) regex.chars().filter(c -> c == '/').count();
        int position = 0;
        while (position < slashesOfMatches.size() && slashesOfMatches.get(position) <= slashes) {
            position++;
        }
        slashesOfMatches.add(position, slashes);
        directoryMatches.add(position, scope);
    }

    /** Adds names of index files. The first directive in a section replaces the inherited names, the others add. */
    void addIndexes(List<String> names) {
        if (indexes.isEmpty()) {
            // Evaluated when the section is complete, so it sees the names that later directives add.
            changes.add(config -> config.directoryIndex =
                    indexes.stream().filter(name -> !name.equals(NO_INDEX)).toList());
        }
        if (names.equals(List.of(NO_INDEX))) {
            indexes.clear();
        }
        indexes.addAll(names);
    }

    /** Adds a handler for suffixes. */
    void addHandlers(String handler, List<String> suffixes) {
        withHandler.addAll(suffixes);
        changes.add(config -> suffixes.forEach(suffix -> config.handlers.handlerBySuffix.put(suffix, handler)));
    }

    /** Adds suffixes that lose their handler, whatever {@code AddHandler} in the same place says: httpd removes last. */
    void removeHandlers(List<String> suffixes) {
        withoutHandler.addAll(suffixes);
    }

    /**
     * Returns the section.
     *
     * @param mayGrant whether {@code Require} may lift a denial that the section inherits
     * @param mayAllow whether {@code Allow} may
     */
    CompiledSection build(boolean mayGrant, boolean mayAllow) {
        access.addTo(changes, mayGrant, mayAllow);
        if (place != Place.SERVER) {
            rewrites.switchedOn().ifPresent(on -> changes.add(config -> config.access.rewrites = on));
        }
        rewrites.refusalRule().ifPresent(rule -> changes.add(config -> config.access.refusals.add(rule)));
        List<String> removed = List.copyOf(withoutHandler);
        // Outside sections httpd removes what it inherits, which is nothing. Here that is what the server has by
        // default.
        int position = place == Place.SERVER ? 0 : changes.size();
        if (!removed.isEmpty()) {
            changes.add(position, config -> removed.forEach(config.handlers.handlerBySuffix::remove));
        }
        if (!removed.isEmpty() || !withHandler.isEmpty()) {
            List<String> both = removed.stream().filter(withHandler::contains).toList();
            changes.add(0, config -> config.handlers.remerge(both));
        }
        boolean ownsFiles = place != Place.FILES;
        return new CompiledSection(changes, directories, directoryMatches, ownsFiles ? files : List.of(), locations);
    }
}
