/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.util.Optional;

/**
 * Sections whose condition can't be evaluated: {@code <Limit>}, {@code <If>}, {@code <IfModule>} of a module that is not
 * here. What such a section forbids is forbidden for every request. What it allows is ignored.
 *
 * <p>Threading: one thread, one object for each file.
 */
final class UnresolvedSections {

    private final ConfigSource source;

    UnresolvedSections(ConfigSource source) {
        this.source = source;
    }

    /**
     * Compiles what a section forbids.
     *
     * @param builder what the section stands in
     */
    void compile(Node.Section section, SectionBuilder builder) {
        AccessDirectives access = new AccessDirectives(source.warnings());
        for (Node child : section.children()) {
            if (access.take(child)) {
                continue;
            }
            if (child instanceof Node.Section inner) {
                inner(inner, builder);
            } else if (child instanceof Node.Directive directive) {
                restriction(directive, builder);
            }
        }
        if (access.denies()) {
            RestrictingDirectives.denyAll(section, "its condition can't be evaluated here", builder, source);
        }
    }

    private void restriction(Node.Directive directive, SectionBuilder builder) {
        Optional<DirectiveDefinition> definition = DirectiveTable.find(directive);
        try {
            definition.ifPresent(row -> row.restriction().compile(directive, builder, source.quiet()));
        } catch (ConfigurationException e) {
            // Apache would not have read the line, so it is no reason to deny or to refuse to start.
            source.warn(e.getMessage() + "; ignored in a section that may not count");
        }
    }

    private void inner(Node.Section section, SectionBuilder builder) {
        switch (section.key()) {
            case "files", "filesmatch" -> builder.addFiles(section, inside -> compile(section, inside), false);
            case "directory", "directorymatch", "location", "locationmatch" -> {
                SectionBuilder inside = builder.inner(builder.place(), RewriteDirectives.ofAnything());
                compile(section, inside);
                builder.addScope(section, inside.build(false));
            }
            default -> compile(section, builder);
        }
    }
}
