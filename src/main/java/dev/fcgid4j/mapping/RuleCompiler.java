/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * From directives to a {@link Block}: gives Apache's names their meaning and checks their arguments.
 *
 * <p>In the server's configuration an unknown directive is a mistake; in {@code .htaccess} it is one warning, and so is
 * one that AllowOverride doesn't permit there.
 *
 * <p>Threading: one thread, one use for each file.
 */
final class RuleCompiler {

    /** Modules whose work is done here, by the names that {@code <IfModule>} tests. */
    private static final Set<String> MODULES = Set.of(
            "mod_fcgid.c",
            "fcgid_module",
            "mod_authz_core.c",
            "authz_core_module",
            "mod_authz_host.c",
            "authz_host_module",
            "mod_access_compat.c",
            "access_compat_module",
            "mod_dir.c",
            "dir_module",
            "mod_mime.c",
            "mime_module",
            "mod_alias.c",
            "alias_module",
            "mod_env.c",
            "env_module");

    private final boolean server;
    private final AllowOverride override;
    private final Path base;
    private final Consumer<String> warnings;

    private RuleCompiler(boolean server, AllowOverride override, Path base, Consumer<String> warnings) {
        this.server = server;
        this.override = override;
        this.base = base;
        this.warnings = warnings;
    }

    /** Compiles the server's configuration; relative paths in it are taken from the document root. */
    static Block server(List<Node> nodes, Path documentRoot, Consumer<String> warnings) {
        return new RuleCompiler(true, AllowOverride.NONE, documentRoot, warnings).block(nodes);
    }

    /** Compiles a {@code .htaccess}; relative paths in it are taken from its directory. */
    static Block htaccess(List<Node> nodes, AllowOverride override, Path directory, Consumer<String> warnings) {
        return new RuleCompiler(false, override, directory, warnings).block(nodes);
    }

    private Block block(List<Node> nodes) {
        Parts parts = new Parts(new AccessRules(warnings));
        add(nodes, parts);
        parts.access.addTo(parts.changes);
        return new Block(parts.changes, parts.directories, parts.files, parts.locations);
    }

    /** What a block is made of. */
    private static final class Parts {
        private final AccessRules access;
        private final List<Consumer<Rules>> changes = new ArrayList<>();
        private final List<Block.Scope> directories = new ArrayList<>();
        private final List<Block.Scope> files = new ArrayList<>();
        private final List<Block.Scope> locations = new ArrayList<>();

        Parts(AccessRules access) {
            this.access = access;
        }
    }

    private void add(List<Node> nodes, Parts parts) {
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

    private void section(Node.Section section, Parts parts) {
        switch (section.key()) {
            case "files", "filesmatch" -> {
                Block inner = block(section.children());
                parts.files.add(new Block.Scope(Patterns.file(section), inner));
            }
            case "directory", "directorymatch" -> {
                serverOnly(section);
                Block inner = block(section.children());
                parts.directories.add(new Block.Scope(Patterns.directory(section), inner));
            }
            case "location", "locationmatch" -> {
                serverOnly(section);
                parts.locations.add(new Block.Scope(Patterns.location(section), block(section.children())));
            }
            case "ifmodule" -> {
                if (moduleIsThere(section)) {
                    add(section.children(), parts);
                }
            }
            case "ifversion" -> {
                if (versionFits(section)) {
                    add(section.children(), parts);
                }
            }
            case "ifdefine" -> {
                if (section.args().stream()
                        .findFirst()
                        .filter(a -> a.startsWith("!"))
                        .isPresent()) {
                    add(section.children(), parts);
                }
            }
            case "limit", "limitexcept", "if", "elseif", "else" -> onlyWhatDenies(section, parts);
            default -> unknown(section);
        }
    }

    private void serverOnly(Node.Section section) {
        if (!server) {
            throw section.mistake("is not allowed in .htaccess");
        }
    }

    private boolean moduleIsThere(Node.Section section) {
        if (section.args().size() != 1) {
            throw section.mistake("expected the name of one module");
        }
        String name = section.args().get(0).toLowerCase(Locale.ROOT);
        boolean negated = name.startsWith("!");
        String module = negated ? name.substring(1) : name;
        if (module.startsWith("mod_rewrite") || module.equals("rewrite_module")) {
            warnings.accept(section.place() + ": mod_rewrite is not here, so this section is passed over;"
                    + " for a front controller say FallbackResource /index.php");
        }
        return MODULES.contains(module) != negated;
    }

    private static boolean versionFits(Node.Section section) {
        String words = String.join(" ", section.args());
        // Directives are understood as Apache 2.4 does.
        return words.startsWith(">")
                || words.startsWith("!")
                || (words.startsWith("=") && words.contains("2.4"))
                || words.startsWith("2.4");
    }

    /** Sections whose condition can't be evaluated: what they forbid is forbidden, what they allow is passed over. */
    private void onlyWhatDenies(Node.Section section, Parts parts) {
        AccessRules inside = new AccessRules(warnings);
        section.children().forEach(inside::take);
        if (inside.denies()) {
            String why = "denied by " + section.place();
            warnings.accept(section.place() + ": <" + section.name() + "> is taken to apply always");
            parts.changes.add(rules -> rules.compatDenies = Optional.of(why));
        }
    }

    // ---- directives -----------------------------------------------------------------------------------------------

    private void directive(Node.Directive directive, Parts parts) {
        List<String> args = directive.args();
        switch (directive.key()) {
            case "sethandler" -> {
                String handler = one(directive).toLowerCase(Locale.ROOT);
                change(
                        directive,
                        AllowOverride.Group.HANDLERS,
                        parts,
                        rules -> rules.setHandler = handler.equals("none") ? Optional.empty() : Optional.of(handler));
            }
            case "addhandler" -> {
                atLeast(directive, 2, "a handler and extensions");
                String handler = args.get(0).toLowerCase(Locale.ROOT);
                List<String> suffixes = suffixes(args.subList(1, args.size()));
                change(
                        directive,
                        AllowOverride.Group.HANDLERS,
                        parts,
                        rules -> suffixes.forEach(suffix -> rules.handlerBySuffix.put(suffix, handler)));
            }
            case "removehandler" -> {
                List<String> suffixes = suffixes(args);
                change(
                        directive,
                        AllowOverride.Group.HANDLERS,
                        parts,
                        rules -> suffixes.forEach(rules.handlerBySuffix::remove));
            }
            case "fcgidwrapper", "fcgiwrapper" -> wrapper(directive, parts);
            case "fcgidinitialenv", "defaultinitenv" -> {
                atLeast(directive, 1, "a name and a value");
                String value = args.size() > 1 ? args.get(1) : "";
                change(
                        directive,
                        AllowOverride.Group.COMMANDS,
                        parts,
                        rules -> rules.initialEnvironment.put(args.get(0), value));
            }
            case "setenv" -> {
                atLeast(directive, 1, "a name and a value");
                String value = args.size() > 1 ? args.get(1) : "";
                change(
                        directive,
                        AllowOverride.Group.COMMANDS,
                        parts,
                        rules -> rules.requestEnvironment.put(args.get(0), value));
            }
            case "unsetenv" ->
                change(
                        directive,
                        AllowOverride.Group.COMMANDS,
                        parts,
                        rules -> args.forEach(rules.requestEnvironment::remove));
            case "fcgidpassheader", "passheader" -> {
                String name = one(directive).toLowerCase(Locale.ROOT);
                change(directive, AllowOverride.Group.COMMANDS, parts, rules -> rules.passHeaders.add(name));
            }
            case "cgipassauth" -> {
                boolean on = one(directive).equalsIgnoreCase("on");
                change(directive, AllowOverride.Group.COMMANDS, parts, rules -> {
                    if (on) {
                        rules.passHeaders.add("authorization");
                    } else {
                        rules.passHeaders.remove("authorization");
                    }
                });
            }
            case "options" -> options(directive, parts);
            case "directoryindex" ->
                change(
                        directive,
                        AllowOverride.Group.INDEXES,
                        parts,
                        rules -> rules.directoryIndex = args.equals(List.of("disabled")) ? List.of() : args);
            case "fallbackresource" -> {
                String target = one(directive);
                change(
                        directive,
                        AllowOverride.Group.INDEXES,
                        parts,
                        rules -> rules.fallback = target.equals("disabled") ? Optional.empty() : Optional.of(target));
            }
            case "allowoverride" -> {
                if (!server) {
                    throw directive.mistake("is not allowed in .htaccess");
                }
                AllowOverride allowed = override(directive);
                parts.changes.add(rules -> rules.override = allowed);
            }
            default -> {
                Optional<Consumer<Rules>> change = ChangeRules.of(directive, base);
                if (change.isPresent()) {
                    change(directive, AllowOverride.Group.COMMANDS, parts, change.get());
                } else if (!(server && ServerOnly.isKnown(directive.key()))) {
                    unknown(directive);
                }
            }
        }
    }

    private void change(Node directive, AllowOverride.Group group, Parts parts, Consumer<Rules> change) {
        if (server || override.allows(group)) {
            parts.changes.add(change);
        } else {
            warnings.accept(directive.place() + ": " + directive.name()
                    + " is not allowed in this .htaccess and is passed over; AllowOverride "
                    + (group == AllowOverride.Group.OPTIONS ? "Options" : "FileInfo")
                    + " in the server's configuration allows it");
        }
    }

    private void wrapper(Node.Directive directive, Parts parts) {
        atLeast(directive, 1, "a command, then perhaps a suffix and the word virtual");
        List<String> argv = commandWords(directive.args().get(0));
        boolean virtual = false;
        String suffix = "";
        for (String word : directive.args().subList(1, directive.args().size())) {
            if (word.equalsIgnoreCase("virtual")) {
                virtual = true;
            } else if (word.startsWith(".") && word.length() > 1 && word.indexOf('/') < 0) {
                suffix = word.toLowerCase(Locale.ROOT);
            } else {
                throw directive.mistake("expected a suffix such as .php or the word virtual, found " + word
                        + "; a command with arguments goes in quotes");
            }
        }
        if (argv.isEmpty() || !Path.of(argv.get(0)).isAbsolute() || !Files.isRegularFile(Path.of(argv.get(0)))) {
            throw directive.mistake("expected the absolute path of an existing program, found "
                    + directive.args().get(0));
        }
        Rules.Wrapper wrapper = new Rules.Wrapper(argv, virtual);
        String key = suffix;
        change(directive, AllowOverride.Group.COMMANDS, parts, rules -> rules.wrapperBySuffix.put(key, wrapper));
    }

    private static List<String> commandWords(String command) {
        List<Node> line = dev.fcgid4j.config.ApacheConfigParser.parse("x " + command, "command");
        return line.isEmpty() ? List.of() : line.get(0).args();
    }

    private void options(Node.Directive directive, Parts parts) {
        boolean absolute = directive.args().stream().noneMatch(word -> word.startsWith("+") || word.startsWith("-"));
        change(directive, AllowOverride.Group.OPTIONS, parts, rules -> {
            if (absolute) {
                rules.execCgi = false;
                rules.followSymlinks = false;
            }
            for (String word : directive.args()) {
                option(word, rules);
            }
        });
    }

    private static void option(String word, Rules rules) {
        boolean on = !word.startsWith("-");
        String name = word.startsWith("+") || word.startsWith("-") ? word.substring(1) : word;
        switch (name.toLowerCase(Locale.ROOT)) {
            case "all" -> {
                rules.execCgi = true;
                rules.followSymlinks = true;
            }
            case "execcgi" -> rules.execCgi = on;
            case "followsymlinks" -> rules.followSymlinks = on;
            default -> {} // the others are about listings and the like, which are not done here
        }
    }

    private static AllowOverride override(Node.Directive directive) {
        if (directive.args().size() == 1 && directive.args().get(0).equalsIgnoreCase("none")) {
            return AllowOverride.NONE;
        }
        AllowOverride allowed = AllowOverride.NONE;
        try {
            for (String word : directive.args()) {
                allowed = allowed.with(word);
            }
        } catch (IllegalArgumentException e) {
            throw directive.mistake(e.getMessage());
        }
        return allowed;
    }

    private static String one(Node directive) {
        if (directive.args().size() != 1) {
            throw directive.mistake(
                    "expected one argument, found " + directive.args().size());
        }
        return directive.args().get(0);
    }

    private static void atLeast(Node directive, int count, String expected) {
        if (directive.args().size() < count) {
            throw directive.mistake("expected " + expected);
        }
    }

    private static List<String> suffixes(List<String> words) {
        return words.stream()
                .map(word -> (word.startsWith(".") ? word : "." + word).toLowerCase(Locale.ROOT))
                .toList();
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
