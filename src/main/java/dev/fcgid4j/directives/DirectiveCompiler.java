/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * From directives to a {@link CompiledSection}: gives Apache's names their meaning and checks their arguments.
 *
 * <p>In the server's configuration an unknown directive is a mistake; in {@code .htaccess} it is one warning, and so is
 * one that AllowOverride doesn't permit there. What restricts counts everywhere ({@link RestrictingDirectives}).
 *
 * <p>Threading: one thread, one use for each file.
 */
public final class DirectiveCompiler {

    private final boolean server;
    private final AllowOverride override;
    private final Path base;
    private final Consumer<String> warnings;
    private final RestrictingDirectives restrictions;

    private DirectiveCompiler(boolean server, AllowOverride override, Path base, Consumer<String> warnings) {
        this.server = server;
        this.override = override;
        this.base = base;
        this.warnings = warnings;
        this.restrictions = new RestrictingDirectives(server, warnings);
    }

    /** Compiles the server's configuration; relative paths in it are taken from the document root. */
    public static CompiledSection server(List<Node> nodes, Path documentRoot, Consumer<String> warnings) {
        return new DirectiveCompiler(true, AllowOverride.NONE, documentRoot, warnings)
                .block(
                        ConditionalSections.resolve(nodes, warnings),
                        new SectionBuilder(SectionBuilder.Where.SERVER, RewriteDirectives.ofServer(), warnings));
    }

    /** Compiles a {@code .htaccess}; relative paths in it are taken from its directory. */
    public static CompiledSection htaccess(
            List<Node> nodes, AllowOverride override, Path directory, Consumer<String> warnings) {
        RewriteDirectives rewrites = RewriteDirectives.ofDirectory(directory.toString());
        return new DirectiveCompiler(false, override, directory, warnings)
                .block(
                        ConditionalSections.resolve(nodes, warnings),
                        new SectionBuilder(SectionBuilder.Where.HTACCESS, rewrites, warnings));
    }

    private CompiledSection block(List<Node> nodes, SectionBuilder parts) {
        add(nodes, parts);
        return parts.build(mayGrant());
    }

    private boolean mayGrant() {
        return server || override.allows(AllowOverride.Group.ACCESS);
    }

    private void add(List<Node> nodes, SectionBuilder parts) {
        for (Node node : nodes) {
            if (parts.access.take(node)) {
                continue;
            }
            if (node instanceof Node.Section section) {
                section(section, parts);
            } else if (node instanceof Node.Directive directive) {
                directive(directive, parts);
            }
        }
    }

    // ---- sections -------------------------------------------------------------------------------------------------

    private void section(Node.Section section, SectionBuilder parts) {
        switch (section.key()) {
            case "files", "filesmatch" -> files(section, parts);
            case "directory", "directorymatch" -> {
                outermost(section, parts);
                RewriteDirectives rewrites = Patterns.namedDirectory(section)
                        .map(RewriteDirectives::ofDirectory)
                        .orElseGet(RewriteDirectives::ofAnything);
                SectionBuilder inner = new SectionBuilder(SectionBuilder.Where.DIRECTORY, rewrites, warnings);
                parts.addScope(section, block(section.children(), inner));
            }
            case "location", "locationmatch" -> {
                outermost(section, parts);
                SectionBuilder inner =
                        new SectionBuilder(SectionBuilder.Where.LOCATION, RewriteDirectives.ofAnything(), warnings);
                parts.addScope(section, block(section.children(), inner));
            }
            case "ifmodule", "ifversion", "ifdefine", "limit", "limitexcept", "if", "elseif", "else" ->
                restrictions.only(section, parts);
            default -> {
                unknown(section);
                restrictions.only(section, parts);
            }
        }
    }

    private void files(Node.Section section, SectionBuilder parts) {
        switch (parts.where) {
            case LOCATION -> throw section.mistake("doesn't count inside <Location>; put it outside");
            case FILES -> {
                if (server) {
                    throw section.mistake("doesn't count inside <Files>; put it outside");
                }
                warnings.accept(section.place() + ": <" + section.name()
                        + "> inside <Files> is taken to stand beside it; is a closing line missing?");
            }
            case SERVER, DIRECTORY, HTACCESS -> {}
        }
        parts.addFiles(section, inner -> add(section.children(), inner), mayGrant(), warnings);
    }

    private void outermost(Node.Section section, SectionBuilder parts) {
        if (!server) {
            throw section.mistake("is not allowed in .htaccess");
        }
        if (parts.where != SectionBuilder.Where.SERVER) {
            throw section.mistake("doesn't count inside another section; put it outside");
        }
    }

    // ---- directives -----------------------------------------------------------------------------------------------

    private void directive(Node.Directive directive, SectionBuilder parts) {
        if (restrictions.take(directive, parts)) {
            return;
        }
        Optional<DirectiveTable.Meaning> meaning = DirectiveTable.meaning(directive.key());
        if (meaning.isPresent()) {
            if (permitted(directive, meaning.get().group())) {
                parts.changes.add(meaning.get().change().apply(directive, base));
            }
            return;
        }
        switch (directive.key()) {
            case "directoryindex" -> {
                if (permitted(directive, AllowOverride.Group.INDEXES)) {
                    parts.addIndexes(DirectiveTable.atLeast(directive, 1, "names of files"));
                }
            }
            case "options" -> options(directive, parts);
            case "php_flag", "php_admin_flag" -> flag(directive, parts);
            case "allowoverride" -> {
                if (!server) {
                    throw directive.mistake("is not allowed in .htaccess");
                }
                AllowOverride allowed = AllowOverride.of(directive);
                parts.changes.add(rules -> rules.override = allowed);
            }
            default -> {
                if (!server || !ServerOnly.isKnown(directive.key())) {
                    unknown(directive);
                } else if (parts.where != SectionBuilder.Where.SERVER) {
                    throw directive.mistake("doesn't count inside a section; put it outside");
                }
            }
        }
    }

    private boolean permitted(Node directive, AllowOverride.Group group) {
        if (server || override.allows(group)) {
            return true;
        }
        warnings.accept(directive.place() + ": " + directive.name()
                + " is not allowed in this .htaccess and is passed over; AllowOverride " + group.word()
                + " in the server's configuration allows it");
        return false;
    }

    private void options(Node directive, SectionBuilder parts) {
        if (server || override.allows(AllowOverride.Group.OPTIONS)) {
            parts.changes.add(OptionDirectives.all(directive));
            return;
        }
        parts.changes.add(OptionDirectives.restricting(directive));
        if (OptionDirectives.grants(directive)) {
            permitted(directive, AllowOverride.Group.OPTIONS);
        }
    }

    /** {@code php_flag engine on}; what switches it off has been dealt with. */
    private void flag(Node directive, SectionBuilder parts) {
        boolean engine = directive.args().stream()
                .findFirst()
                .filter("engine"::equalsIgnoreCase)
                .isPresent();
        if (!engine) {
            unknown(directive);
        } else if (permitted(directive, AllowOverride.Group.OPTIONS)) {
            parts.changes.add(rules -> rules.engineOff = false);
        }
    }

    private void unknown(Node node) {
        String what = node.place() + ": " + node.name() + " is not known"
                + (node.key().startsWith("fcgid")
                        ? " here (the limits hold for the whole server, outside sections)"
                        : "");
        if (server) {
            throw new ConfigurationException(what + "; see docs/configuration.md for those that are");
        }
        warnings.accept(what + " and is passed over");
    }
}
