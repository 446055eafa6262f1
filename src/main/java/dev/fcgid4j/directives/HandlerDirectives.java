/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The directives that say which files are run. Stateless. */
final class HandlerDirectives {

    private HandlerDirectives() {}

    static Consumer<DirectoryConfig> set(Node directive) {
        String handler = DirectiveTable.one(directive).toLowerCase(Locale.ROOT);
        return rules -> rules.setHandler = handler.equals("none") ? Optional.empty() : Optional.of(handler);
    }

    static Consumer<DirectoryConfig> add(Node directive) {
        List<String> args = DirectiveTable.atLeast(directive, 2, "a handler and extensions");
        String handler = args.get(0).toLowerCase(Locale.ROOT);
        List<String> suffixes = suffixes(args.subList(1, args.size()));
        return rules -> suffixes.forEach(suffix -> rules.handlerBySuffix.put(suffix, handler));
    }

    static Consumer<DirectoryConfig> remove(Node directive) {
        List<String> suffixes = suffixes(directive.args());
        return rules -> suffixes.forEach(rules.handlerBySuffix::remove);
    }

    /** {@code AddType} or {@code ForceType} with a type that makes other servers run a file; empty for other types. */
    static Optional<Consumer<DirectoryConfig>> programType(Node directive) {
        List<String> args = directive.args();
        if (args.isEmpty() || !SourceProtection.isProgram(args.get(0))) {
            return Optional.empty();
        }
        String type = args.get(0).toLowerCase(Locale.ROOT);
        if (directive.key().equals("forcetype")) {
            return Optional.of(rules -> rules.forcedType = Optional.of(type));
        }
        List<String> suffixes = suffixes(args.subList(1, args.size()));
        return Optional.of(rules -> suffixes.forEach(suffix -> rules.typeBySuffix.put(suffix, type)));
    }

    private static List<String> suffixes(List<String> words) {
        return words.stream()
                .map(word -> (word.startsWith(".") ? word : "." + word).toLowerCase(Locale.ROOT))
                .toList();
    }
}
