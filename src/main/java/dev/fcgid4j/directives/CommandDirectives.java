/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.config.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The directives that say which command runs a file, and what it is given. Stateless. */
final class CommandDirectives {

    private CommandDirectives() {}

    static Consumer<DirectoryConfig> wrapper(Node directive) {
        List<String> args =
                DirectiveTable.atLeast(directive, 1, "a command, then perhaps a suffix and the word virtual");
        List<String> argv = commandWords(args.get(0));
        boolean virtual = false;
        String suffix = "";
        for (String word : args.subList(1, args.size())) {
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
            throw directive.mistake("expected the absolute path of an existing program, found " + args.get(0));
        }
        DirectoryConfig.Wrapper wrapper = new DirectoryConfig.Wrapper(argv, virtual);
        String key = suffix;
        return rules -> rules.wrapperBySuffix.put(key, wrapper);
    }

    private static List<String> commandWords(String command) {
        List<Node> line = ApacheConfigParser.parse("x " + command, "command");
        return line.isEmpty() ? List.of() : line.get(0).args();
    }

    static Consumer<DirectoryConfig> initialEnvironment(Node directive) {
        List<String> args = DirectiveTable.atLeast(directive, 1, "a name and a value");
        String value = args.size() > 1 ? args.get(1) : "";
        return rules -> rules.initialEnvironment.put(args.get(0), value);
    }

    static Consumer<DirectoryConfig> setEnv(Node directive) {
        List<String> args = DirectiveTable.atLeast(directive, 1, "a name and a value");
        String value = args.size() > 1 ? args.get(1) : "";
        return rules -> rules.requestEnvironment.put(args.get(0), value);
    }

    static Consumer<DirectoryConfig> unsetEnv(Node directive) {
        List<String> names = directive.args();
        return rules -> names.forEach(rules.requestEnvironment::remove);
    }

    static Consumer<DirectoryConfig> passHeader(Node directive) {
        String name = DirectiveTable.one(directive).toLowerCase(Locale.ROOT);
        return rules -> rules.passHeaders.add(name);
    }

    static Consumer<DirectoryConfig> passAuth(Node directive) {
        boolean on = DirectiveTable.one(directive).equalsIgnoreCase("on");
        return rules -> {
            if (on) {
                rules.passHeaders.add("authorization");
            } else {
                rules.passHeaders.remove("authorization");
            }
        };
    }
}
