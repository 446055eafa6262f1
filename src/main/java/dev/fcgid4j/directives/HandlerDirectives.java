/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The directives that select handlers. A handler says whether a file is run, sent or refused. Stateless.
 *
 * <p>Source: httpd's core and mod_mime.
 */
final class HandlerDirectives {

    private HandlerDirectives() {}

    /** {@code SetHandler}: one handler for all files; {@code none} removes it. */
    static Consumer<DirectoryConfig> setHandler(Node directive) {
        String handler = Arguments.one(directive).toLowerCase(Locale.ROOT);
        Optional<String> value = handler.equals("none") ? Optional.empty() : Optional.of(handler);
        return config -> config.handlers.setHandler = value;
    }

    /** {@code AddHandler}: a handler for suffixes. */
    static void addHandler(Node directive, SectionBuilder section, ConfigSource source) {
        List<String> args = Arguments.atLeast(directive, 2, "a handler and extensions");
        String handler = args.get(0).toLowerCase(Locale.ROOT);
        List<String> suffixes = suffixes(args.subList(1, args.size()));
        section.addHandlers(handler, suffixes);
    }

    /** {@code RemoveHandler}: suffixes that lose their handler when the section is complete. */
    static void removeHandler(Node directive, SectionBuilder section, ConfigSource source) {
        section.removeHandlers(suffixes(Arguments.atLeast(directive, 1, "extensions")));
    }

    /** Returns whether a handler directive may send files that were run or refused before. */
    static boolean opens(Node directive) {
        String handler =
                directive.args().isEmpty() ? "" : directive.args().get(0).toLowerCase(Locale.ROOT);
        return handler.equals("none") || handler.equals(Handlers.DEFAULT);
    }

    /** Returns whether a directive sets a handler that runs programs. */
    static boolean runs(Node directive) {
        return (directive.key().equals("sethandler") || directive.key().equals("addhandler"))
                && !directive.args().isEmpty()
                && Handlers.runsPrograms(directive.args().get(0));
    }

    /** A handler directive that has no effect: the source of the files that it would run is not sent. */
    static Consumer<DirectoryConfig> protect(Node directive) {
        List<String> args = directive.args();
        if (args.isEmpty() || !Handlers.runsPrograms(args.get(0))) {
            return config -> {};
        }
        List<String> suffixes = suffixes(args.subList(1, args.size()));
        boolean all = directive.key().equals("sethandler");
        return config -> {
            if (all) {
                config.handlers.sources.protectAll();
            }
            config.handlers.sources.protect(suffixes);
        };
    }

    /** Returns whether {@code AddType} or {@code ForceType} names a type that makes other servers run a file. */
    static boolean isProgramType(Node directive) {
        return !directive.args().isEmpty()
                && Handlers.runsPrograms(directive.args().get(0));
    }

    /** {@code AddType} with a type that {@link #isProgramType}: protects the source of files with these suffixes. */
    static Consumer<DirectoryConfig> addType(Node directive) {
        List<String> args = directive.args();
        String type = args.get(0).toLowerCase(Locale.ROOT);
        List<String> suffixes = suffixes(args.subList(1, args.size()));
        return config -> suffixes.forEach(suffix -> config.handlers.typeBySuffix.put(suffix, type));
    }

    /** {@code ForceType} with a type that {@link #isProgramType}: protects the source of all files. */
    static Consumer<DirectoryConfig> forceType(Node directive) {
        String type = directive.args().get(0).toLowerCase(Locale.ROOT);
        return config -> config.handlers.forcedType = Optional.of(type);
    }

    /** {@code AcceptPathInfo}: whether a script may be asked with a path behind its name. */
    static Consumer<DirectoryConfig> acceptPathInfo(Node directive) {
        boolean off = isPathInfoOff(directive);
        return config -> config.pathInfo = !off;
    }

    /** {@code AcceptPathInfo}, if it forbids that. */
    static Consumer<DirectoryConfig> refusePathInfo(Node directive) {
        boolean off = isPathInfoOff(directive);
        return config -> config.pathInfo &= !off;
    }

    /** Returns whether {@code AcceptPathInfo} is switched off. */
    static boolean isPathInfoOff(Node directive) {
        return switch (Arguments.one(directive).toLowerCase(Locale.ROOT)) {
            case "off" -> true;
            case "on", "default" -> false;
            default -> throw directive.mistake("expected On, Off or Default");
        };
    }

    private static List<String> suffixes(List<String> words) {
        return words.stream()
                .map(word -> (word.startsWith(".") ? word : "." + word).toLowerCase(Locale.ROOT))
                .toList();
    }
}
