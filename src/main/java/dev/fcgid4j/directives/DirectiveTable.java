/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/** The directives that simply change rules, by name. Stateless. */
final class DirectiveTable {

    /**
     * What a directive means.
     *
     * @param group what must permit it in a {@code .htaccess}
     * @param change checks its arguments and says what it changes; given where relative paths begin
     */
    record Meaning(AllowOverride.Group group, BiFunction<Node, Path, Consumer<DirectoryConfig>> change) {}

    private static final Map<String, Meaning> MEANINGS = Map.ofEntries(
            Map.entry("sethandler", handler(HandlerDirectives::set)),
            Map.entry("addhandler", handler(HandlerDirectives::add)),
            Map.entry("removehandler", handler(HandlerDirectives::remove)),
            Map.entry("fcgidwrapper", command(CommandDirectives::wrapper)),
            Map.entry("fcgiwrapper", command(CommandDirectives::wrapper)),
            Map.entry("fcgidinitialenv", command(CommandDirectives::initialEnvironment)),
            Map.entry("defaultinitenv", command(CommandDirectives::initialEnvironment)),
            Map.entry("setenv", command(CommandDirectives::setEnv)),
            Map.entry("unsetenv", command(CommandDirectives::unsetEnv)),
            Map.entry("fcgidpassheader", command(CommandDirectives::passHeader)),
            Map.entry("passheader", command(CommandDirectives::passHeader)),
            Map.entry("cgipassauth", command(CommandDirectives::passAuth)),
            Map.entry("fcgidreloadtrigger", new Meaning(AllowOverride.Group.COMMANDS, ChangeDirectives::of)),
            Map.entry("fcgidwatch", new Meaning(AllowOverride.Group.COMMANDS, ChangeDirectives::of)),
            Map.entry("fcgidreplace", new Meaning(AllowOverride.Group.COMMANDS, ChangeDirectives::of)),
            Map.entry("fcgidwarmup", new Meaning(AllowOverride.Group.COMMANDS, ChangeDirectives::of)),
            Map.entry("fcgidcanary", new Meaning(AllowOverride.Group.COMMANDS, ChangeDirectives::of)),
            Map.entry("fallbackresource", new Meaning(AllowOverride.Group.INDEXES, (node, base) -> fallback(node))));

    private DirectiveTable() {}

    private static Meaning handler(Function<Node, Consumer<DirectoryConfig>> change) {
        return new Meaning(AllowOverride.Group.HANDLERS, (node, base) -> change.apply(node));
    }

    private static Meaning command(Function<Node, Consumer<DirectoryConfig>> change) {
        return new Meaning(AllowOverride.Group.COMMANDS, (node, base) -> change.apply(node));
    }

    /** The meaning of a directive, if it is one of these. */
    static Optional<Meaning> meaning(String key) {
        return Optional.ofNullable(MEANINGS.get(key));
    }

    private static Consumer<DirectoryConfig> fallback(Node directive) {
        String target = one(directive);
        return rules -> rules.fallback = target.equals("disabled") ? Optional.empty() : Optional.of(target);
    }

    /** The only argument. */
    static String one(Node directive) {
        List<String> args = directive.args();
        if (args.size() != 1) {
            throw directive.mistake("expected one argument, found " + args.size());
        }
        return args.get(0);
    }

    /** The arguments, which must be at least so many. */
    static List<String> atLeast(Node directive, int count, String expected) {
        if (directive.args().size() < count) {
            throw directive.mistake("expected " + expected);
        }
        return directive.args();
    }
}
