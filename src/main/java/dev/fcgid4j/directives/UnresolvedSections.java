/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Sections whose condition can't be evaluated: {@code <Limit>}, {@code <If>}, {@code <IfModule>} of a module that is not
 * here. What such a section forbids is forbidden for every request. What it allows is ignored.
 *
 * <h2>Likely sections</h2>
 *
 * <p>A likely section holds if httpd lacks what is lacking here ({@code <IfModule !mod_headers.c>}), or stands where httpd
 * may not read it ({@code <Files>} inside {@code <Files>}). It has its effect, except that it opens nothing, and runs nothing
 * unless its condition is about another module that runs programs ({@code <IfModule !mod_php.c>}).
 *
 * <h2>Mistakes</h2>
 *
 * <p>httpd always reads {@code <Limit>} and {@code <If>}, so a mistake in them counts. It reads the others only if their
 * condition is true. A mistake there is a warning, unless the line may be about access: then the section denies.
 *
 * <p>Threading: one thread, one object for each file.
 */
final class UnresolvedSections {

    private static final Pattern INTERPRETERS = Pattern.compile("php|cgi|lsapi|wsgi|perl|python|ruby|passenger");

    private final ConfigSource source;

    /** How much of a section counts. */
    private enum Reading {
        /** httpd reads the section and evaluates its condition for each request. */
        ALWAYS,
        /** httpd reads the section if its condition, which is false here, is true there. */
        PERHAPS,
        LIKELY,
        /** Likely, and what httpd may have in place of this server is a module that runs programs. */
        REPLACEMENT
    }

    UnresolvedSections(ConfigSource source) {
        this.source = source;
    }

    /**
     * Compiles what a section forbids.
     *
     * @param builder what the section stands in
     */
    void compile(Node.Section section, SectionBuilder builder) {
        checkMethods(section);
        compile(section, reading(section), builder);
    }

    /** Compiles the content of a section that httpd may not read: it opens nothing. */
    void compileLikely(Node.Section section, SectionBuilder builder) {
        compile(section, Reading.LIKELY, builder);
    }

    /** Checks the methods of {@code <Limit>}. */
    private static void checkMethods(Node.Section section) {
        if (section.key().startsWith("limit") && !RequireRules.areMethods(section.args())) {
            throw section.mistake("expected methods such as GET, found " + String.join(" ", section.args()));
        }
    }

    private static Reading reading(Node.Section section) {
        return switch (section.key()) {
            case "limit", "limitexcept", "if", "elseif", "else" -> Reading.ALWAYS;
            default -> {
                if (!ConditionalSections.isLikely(section)) {
                    yield Reading.PERHAPS;
                }
                yield INTERPRETERS.matcher(section.args().get(0)).find() ? Reading.REPLACEMENT : Reading.LIKELY;
            }
        };
    }

    private void compile(Node.Section section, Reading reading, SectionBuilder builder) {
        AccessDirectives access = new AccessDirectives(source.warnings());
        boolean denies = false;
        for (Node child : section.children()) {
            try {
                if (access.take(child)) {
                    continue;
                }
                if (child instanceof Node.Section inner) {
                    inner(inner, reading, builder);
                } else if (child instanceof Node.Directive directive) {
                    denies |= directive(directive, reading, builder);
                }
            } catch (ConfigurationException e) {
                denies |= isAboutAccess(child, e, reading);
            }
        }
        if (denies || denies(access, section, reading)) {
            RestrictingDirectives.denyAll(section, "its condition can't be evaluated here", builder, source);
        }
    }

    private boolean denies(AccessDirectives access, Node.Section section, Reading reading) {
        try {
            return access.denies();
        } catch (ConfigurationException e) {
            return isAboutAccess(section, e, reading) || reading == Reading.PERHAPS;
        }
    }

    /** Returns whether a mistake may be one in a line about access; throws it if httpd reads the line in any case. */
    private boolean isAboutAccess(Node node, ConfigurationException mistake, Reading reading) {
        if (reading != Reading.PERHAPS) {
            throw mistake;
        }
        // Apache would not have read the line, so it is no reason to refuse to start.
        source.warn(mistake.getMessage() + "; ignored in a section that may not count");
        return KnownNames.resemblesProtection(node.key());
    }

    /** Compiles a directive, and returns whether it may be a slip in one that denies. */
    private boolean directive(Node.Directive directive, Reading reading, SectionBuilder builder) {
        Optional<DirectiveDefinition> definition = DirectiveTable.find(directive);
        if (definition.isEmpty()) {
            if (reading != Reading.PERHAPS) {
                source.unknown(directive);
            }
            return KnownNames.resemblesProtection(directive.key());
        }
        DirectiveDefinition row = definition.get();
        boolean counts =
                (reading == Reading.LIKELY && !row.opens().test(directive) && !HandlerDirectives.runs(directive))
                        || (reading == Reading.REPLACEMENT && !row.opens().test(directive));
        counts &= source.permits(row, directive);
        (counts ? row.effect() : row.restriction()).compile(directive, builder, source.quiet());
        return false;
    }

    private void inner(Node.Section section, Reading reading, SectionBuilder builder) {
        switch (section.key()) {
            case "files", "filesmatch" ->
                builder.addFiles(section, inside -> compile(section, reading, inside), false, false);
            case "directory", "directorymatch", "location", "locationmatch" -> {
                SectionBuilder inside = builder.inner(builder.place(), RewriteDirectives.ofAnything());
                compile(section, reading, inside);
                builder.addScope(section, inside.build(false, false));
            }
            case "ifmodule", "ifversion", "ifdefine", "iffile", "limit", "limitexcept", "if", "elseif", "else" -> {
                if (reading != Reading.PERHAPS) {
                    checkMethods(section);
                }
                compile(section, within(reading, reading(section)), builder);
            }
            default -> {
                if (reading != Reading.PERHAPS) {
                    source.unknown(section);
                }
                compile(section, Reading.PERHAPS, builder);
            }
        }
    }

    private static Reading within(Reading outer, Reading own) {
        return switch (outer) {
            case LIKELY, REPLACEMENT -> own;
            case PERHAPS -> Reading.PERHAPS;
            case ALWAYS -> own == Reading.ALWAYS ? own : Reading.PERHAPS;
        };
    }
}
