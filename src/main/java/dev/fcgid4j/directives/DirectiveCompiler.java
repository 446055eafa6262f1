/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.directives.SectionBuilder.Place;
import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Compiles the syntax tree of a configuration file to a {@link CompiledSection}. The {@link DirectiveTable} says what
 * each directive does; this class says where directives and sections count.
 *
 * <p>Failures: a {@link ConfigurationException} with file and line. In the server's file an unknown directive is a
 * mistake. In {@code .htaccess} it is a warning, and so is a directive that AllowOverride does not permit there; a directive
 * of the whole server is a mistake there. What only
 * restricts counts everywhere.
 *
 * <p>Threading: one thread, one object for each file.
 */
public final class DirectiveCompiler {

    private final ConfigSource source;
    private final UnresolvedSections unresolved;

    private DirectiveCompiler(ConfigSource source) {
        this.source = source;
        this.unresolved = new UnresolvedSections(source);
    }

    /**
     * Compiles the server's configuration.
     *
     * @param documentRoot where relative paths in it begin
     * @param warnings receives a line of text for each
     */
    public static CompiledSection server(List<Node> nodes, Path documentRoot, Consumer<String> warnings) {
        return new DirectiveCompiler(ConfigSource.server(documentRoot, warnings))
                .section(
                        ConditionalSections.resolve(nodes, warnings),
                        new SectionBuilder(Place.SERVER, RewriteDirectives.ofServer(), warnings));
    }

    /**
     * Compiles a {@code .htaccess} file.
     *
     * @param override which directives it may use
     * @param directory that holds the file, where relative paths in it begin
     * @param warnings receives a line of text for each
     */
    public static CompiledSection htaccess(
            List<Node> nodes, AllowOverride override, Path directory, Consumer<String> warnings) {
        RewriteDirectives rewrites = RewriteDirectives.ofDirectory(directory.toString());
        ConfigSource source = ConfigSource.htaccess(override, directory, warnings);
        List<Node> resolved = ConditionalSections.resolve(nodes, warnings);
        return new DirectiveCompiler(UncertainEnds.check(resolved) ? source.opensNothing() : source)
                .section(resolved, new SectionBuilder(Place.HTACCESS, rewrites, warnings));
    }

    private CompiledSection section(List<Node> nodes, SectionBuilder builder) {
        addAll(nodes, builder);
        return builder.build(mayGrant(), mayAllow());
    }

    private boolean mayGrant() {
        return source.mayLift(AllowOverride.Group.ACCESS);
    }

    private boolean mayAllow() {
        return source.mayLift(AllowOverride.Group.LIMIT);
    }

    private void addAll(List<Node> nodes, SectionBuilder builder) {
        for (Node node : nodes) {
            if (node instanceof Node.Section section) {
                if (!builder.access().take(section)) { // <RequireAll> and its like
                    addSection(section, builder);
                }
            } else if (node instanceof Node.Directive directive) {
                addDirective(directive, builder);
            }
        }
    }

    // ---- sections -------------------------------------------------------------------------------------------------

    private void addSection(Node.Section section, SectionBuilder builder) {
        switch (section.key()) {
            case "files", "filesmatch" -> addFiles(section, builder);
            case "directory", "directorymatch" -> {
                RewriteDirectives rewrites = Patterns.namedDirectory(section)
                        .map(Patterns::normalized)
                        .map(RewriteDirectives::ofDirectory)
                        .orElseGet(RewriteDirectives::ofAnything);
                addScope(section, Place.DIRECTORY, rewrites, builder);
            }
            case "location", "locationmatch" ->
                addScope(section, Place.LOCATION, RewriteDirectives.ofAnything(), builder);
            case "ifmodule", "ifversion", "ifdefine", "limit", "limitexcept", "if", "elseif", "else" ->
                unresolved.compile(section, builder);
            case "iffile", "ifdirective", "ifsection" -> {
                if (source.isServer()) {
                    source.unknown(section);
                }
                unresolved.compile(section, builder);
            }
            default -> source.unknown(section);
        }
    }

    private void addFiles(Node.Section section, SectionBuilder builder) {
        switch (builder.place()) {
            case LOCATION -> throw section.mistake("doesn't count inside <Location>; put it outside");
            case FILES -> {
                if (source.isServer()) {
                    throw section.mistake("doesn't count inside <Files>; put it outside");
                }
                source.warn(section.place() + ": <" + section.name()
                        + "> inside <Files> counts as if it stood beside it, but lifts no denial;"
                        + " is a closing line missing?");
                builder.addFiles(section, inner -> unresolved.compileLikely(section, inner), false, false);
                return;
            }
            case SERVER, DIRECTORY, HTACCESS -> {}
        }
        builder.addFiles(section, inner -> addAll(section.children(), inner), mayGrant(), mayAllow());
    }

    /** Adds a section that may only stand in the server's file, outside all others. */
    private void addScope(Node.Section section, Place place, RewriteDirectives rewrites, SectionBuilder builder) {
        if (!source.isServer()) {
            throw section.mistake("is not allowed in .htaccess");
        }
        if (builder.place() != Place.SERVER) {
            throw section.mistake("doesn't count inside another section; put it outside");
        }
        builder.addScope(section, section(section.children(), builder.inner(place, rewrites)));
    }

    // ---- directives -----------------------------------------------------------------------------------------------

    private void addDirective(Node.Directive directive, SectionBuilder builder) {
        Optional<DirectiveDefinition> found =
                DirectiveTable.find(directive).filter(row -> mayStandHere(row, directive, builder.place()));
        if (found.isEmpty()) {
            source.unknown(directive);
            return;
        }
        DirectiveDefinition definition = found.get();
        if (source.permits(definition, directive)) {
            definition.effect().compile(directive, builder, source);
            return;
        }
        definition.restriction().compile(directive, builder, source);
        Optional<AllowOverride.Group> missing = definition.group().filter(group -> !source.allows(group));
        if (missing.isPresent() && definition.needsPermission().test(directive)) {
            source.warnNotAllowed(directive, missing.get());
        }
    }

    /** Returns false if the directive is unknown in this file; throws if it is known but stands in the wrong place. */
    private boolean mayStandHere(DirectiveDefinition definition, Node directive, Place place) {
        return switch (definition.context()) {
            case ANYWHERE -> true;
            case SERVER_FILE -> {
                if (!source.isServer()) {
                    throw directive.mistake("is not allowed in .htaccess");
                }
                if (place != Place.SERVER && place != Place.DIRECTORY) {
                    throw directive.mistake("doesn't count here; put it into <Directory>");
                }
                yield true;
            }
            case OUTSIDE_SECTIONS -> {
                if (!source.isServer()) {
                    throw directive.mistake("is not allowed in .htaccess");
                }
                if (place != Place.SERVER) {
                    throw directive.mistake("doesn't count inside a section; put it outside");
                }
                yield true;
            }
        };
    }
}
