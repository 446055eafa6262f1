/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.config.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The directives that describe the command that runs a file: its program, environment and request headers. Stateless.
 *
 * <p>Source: mod_fcgid, mod_env, httpd's core.
 */
final class CommandDirectives {

    private static final String AUTHORIZATION = "authorization";
    private static final int MAX_WEIGHT = 1000;

    private CommandDirectives() {}

    /** {@code FcgidWrapper}: a command in place of the requested file, for all files or for one suffix. */
    static Consumer<DirectoryConfig> wrapper(Node directive) {
        List<String> args = Arguments.atLeast(directive, 1, "a command, then perhaps a suffix and the word virtual");
        boolean virtual = false;
        String lastSuffix = "";
        for (String word : args.subList(1, args.size())) {
            if (word.equalsIgnoreCase("virtual")) {
                virtual = true;
            } else if (word.startsWith(".") && word.length() > 1 && word.indexOf('/') < 0) {
                lastSuffix = word.toLowerCase(Locale.ROOT);
            } else {
                throw directive.mistake("expected a suffix such as .php or the word virtual, found " + word
                        + "; a command with arguments goes in quotes");
            }
        }
        Wrapper wrapper = new Wrapper(command(directive, args.get(0)), virtual);
        String suffix = lastSuffix;
        return config -> config.commands.wrapperBySuffix.put(suffix, wrapper);
    }

    private static List<String> command(Node directive, String text) {
        // A command is split and unquoted like the arguments of a directive.
        List<Node> line = ApacheConfigParser.parse("x " + text, "command");
        List<String> argv = line.isEmpty() ? List.of() : line.get(0).args();
        if (argv.isEmpty() || !Path.of(argv.get(0)).isAbsolute() || !Files.isRegularFile(Path.of(argv.get(0)))) {
            throw directive.mistake("expected the absolute path of an existing program, found " + text);
        }
        return argv;
    }

    /** {@code FcgidInitialEnv}: a variable of the processes. */
    static Consumer<DirectoryConfig> initialEnvironment(Node directive) {
        List<String> args = Arguments.atLeast(directive, 1, "a name and a value");
        String value = args.size() > 1 ? args.get(1) : "";
        return config -> config.commands.initialEnvironment.put(args.get(0), value);
    }

    /** {@code FcgidWeight}: the part of an application beside others when processes are scarce, 1 to 1000. */
    static Consumer<DirectoryConfig> weight(Node directive) {
        String word = Arguments.one(directive);
        if (!word.matches("[1-9][0-9]{0,3}") || Integer.parseInt(word) > MAX_WEIGHT) {
            throw directive.mistake("expected a whole number from 1 to " + MAX_WEIGHT + ", found " + word);
        }
        int weight = Integer.parseInt(word);
        return config -> config.commands.weight = weight;
    }

    /** {@code SetEnv}: a variable of each request. */
    static Consumer<DirectoryConfig> setEnv(Node directive) {
        List<String> args = Arguments.atLeast(directive, 1, "a name and a value");
        String value = args.size() > 1 ? args.get(1) : "";
        return config -> config.commands.requestEnvironment.put(args.get(0), value);
    }

    /** {@code UnsetEnv}: names that an earlier {@code SetEnv} set. */
    static Consumer<DirectoryConfig> unsetEnv(Node directive) {
        List<String> names = directive.args();
        return config -> names.forEach(config.commands.requestEnvironment::remove);
    }

    /** {@code FcgidPassHeader}: a request header that is passed on although it normally isn't. */
    static Consumer<DirectoryConfig> passHeader(Node directive) {
        String name = Arguments.one(directive).toLowerCase(Locale.ROOT);
        return config -> config.commands.passHeaders.add(name);
    }

    /** {@code CGIPassAuth}: the same for {@code Authorization}; any value but {@code On} switches it off. */
    static Consumer<DirectoryConfig> passAuthorization(Node directive) {
        boolean on = Arguments.one(directive).equalsIgnoreCase("on");
        return config -> {
            if (on) {
                config.commands.passHeaders.add(AUTHORIZATION);
            } else {
                config.commands.passHeaders.remove(AUTHORIZATION);
            }
        };
    }
}
