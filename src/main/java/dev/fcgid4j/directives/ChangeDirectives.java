/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.watch.Glob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** The directives that say which changes of files concern an application and how they take effect. Stateless. */
final class ChangeDirectives {

    private static final int MAX_CANARY = 50;

    private ChangeDirectives() {}

    /**
     * What one of these directives changes.
     *
     * @param base where relative paths begin
     */
    static Consumer<DirectoryConfig> of(Node directive, Path base) {
        return switch (directive.key()) {
            case "fcgidreloadtrigger" -> trigger(directive, base);
            case "fcgidwatch" -> watch(directive, base);
            case "fcgidreplace" -> replace(directive);
            case "fcgidwarmup" -> warmup(directive);
            case "fcgidcanary" -> canary(directive);
            default -> throw directive.mistake("is not about changes");
        };
    }

    private static Consumer<DirectoryConfig> trigger(Node directive, Path base) {
        List<String> args = directive.args();
        boolean only = args.size() == 2 && args.get(1).equalsIgnoreCase("only");
        if (args.isEmpty() || (args.size() > 1 && !only)) {
            throw directive.mistake("expected a file such as tmp/restart.txt, then perhaps the word only");
        }
        if (args.get(0).equalsIgnoreCase("none")) {
            return rules -> {
                rules.reloadTrigger = Optional.empty();
                rules.triggerOnly = false;
            };
        }
        Path file = base.resolve(args.get(0)).normalize();
        return rules -> {
            rules.reloadTrigger = Optional.of(file);
            rules.triggerOnly = only;
        };
    }

    private static Consumer<DirectoryConfig> watch(Node directive, Path base) {
        if (directive.args().isEmpty()) {
            throw directive.mistake("expected patterns such as lib/**/*.rb");
        }
        List<Glob> globs = new ArrayList<>();
        for (String pattern : directive.args()) {
            try {
                boolean absolute = pattern.startsWith("/");
                globs.add(absolute ? new Glob(Path.of("/"), pattern.substring(1)) : new Glob(base, pattern));
            } catch (IllegalArgumentException e) {
                throw directive.mistake("no pattern: " + e.getMessage());
            }
        }
        return rules -> rules.watch.addAll(globs);
    }

    private static Consumer<DirectoryConfig> replace(Node directive) {
        String word = one(directive, "strict or rolling").toLowerCase(Locale.ROOT);
        if (!word.equals("strict") && !word.equals("rolling")) {
            throw directive.mistake("expected strict or rolling, found " + word);
        }
        return rules -> rules.rolling = word.equals("rolling");
    }

    private static Consumer<DirectoryConfig> warmup(Node directive) {
        String path = one(directive, "a URL path, or none");
        if (path.equalsIgnoreCase("none")) {
            return rules -> rules.warmup = Optional.empty();
        }
        if (!path.startsWith("/")) {
            throw directive.mistake("expected a URL path that begins with /, or none; found " + path);
        }
        return rules -> rules.warmup = Optional.of(path);
    }

    private static Consumer<DirectoryConfig> canary(Node directive) {
        String word = one(directive, "a share such as 5%");
        String digits = word.endsWith("%") ? word.substring(0, word.length() - 1) : word;
        if (!digits.matches("[0-9]{1,2}") || Integer.parseInt(digits) > MAX_CANARY) {
            throw directive.mistake("expected a share from 0% to " + MAX_CANARY + "%, found " + word);
        }
        int percent = Integer.parseInt(digits);
        return rules -> rules.canaryPercent = percent;
    }

    private static String one(Node directive, String expected) {
        if (directive.args().size() != 1) {
            throw directive.mistake("expected " + expected);
        }
        return directive.args().get(0);
    }
}
