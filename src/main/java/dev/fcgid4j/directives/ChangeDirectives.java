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

/** The directives that say which changed files replace an application, and how. Stateless. */
final class ChangeDirectives {

    private static final int MAX_CANARY_PERCENT = 50;

    private ChangeDirectives() {}

    /**
     * {@code FcgidReloadTrigger}: a file whose change replaces the application, or {@code none}.
     *
     * @param base where relative paths begin
     */
    static Consumer<DirectoryConfig> reloadTrigger(Node directive, Path base) {
        List<String> args = directive.args();
        boolean only = args.size() == 2 && args.get(1).equalsIgnoreCase("only");
        if (args.isEmpty() || (args.size() > 1 && !only)) {
            throw directive.mistake("expected a file such as tmp/restart.txt, then perhaps the word only");
        }
        boolean none = args.get(0).equalsIgnoreCase("none");
        Optional<Path> file =
                none ? Optional.empty() : Optional.of(base.resolve(args.get(0)).normalize());
        return config -> {
            config.changes.reloadTrigger = file;
            config.changes.triggerOnly = only && !none;
        };
    }

    /**
     * {@code FcgidWatch}: patterns of more files that belong to the application.
     *
     * @param base where relative patterns begin
     */
    static Consumer<DirectoryConfig> watch(Node directive, Path base) {
        List<Glob> globs = new ArrayList<>();
        for (String pattern : Arguments.atLeast(directive, 1, "patterns such as lib/**/*.rb")) {
            globs.add(glob(directive, pattern, base));
        }
        return config -> config.changes.watch.addAll(globs);
    }

    private static Glob glob(Node directive, String pattern, Path base) {
        try {
            return pattern.startsWith("/") ? new Glob(Path.of("/"), pattern.substring(1)) : new Glob(base, pattern);
        } catch (IllegalArgumentException e) {
            throw directive.mistake("no pattern: " + e.getMessage());
        }
    }

    /** {@code FcgidReplace}: at once (strict), or when a process of the new version is ready (rolling). */
    static Consumer<DirectoryConfig> replace(Node directive) {
        String word = one(directive, "strict or rolling").toLowerCase(Locale.ROOT);
        boolean rolling = word.equals("rolling");
        if (!rolling && !word.equals("strict")) {
            throw directive.mistake("expected strict or rolling, found " + word);
        }
        return config -> config.changes.rolling = rolling;
    }

    /** {@code FcgidWarmup}: a URL path that a new process must answer before it is ready, or {@code none}. */
    static Consumer<DirectoryConfig> warmup(Node directive) {
        String path = one(directive, "a URL path, or none");
        if (path.equalsIgnoreCase("none")) {
            return config -> config.changes.warmup = Optional.empty();
        }
        if (!path.startsWith("/")) {
            throw directive.mistake("expected a URL path that begins with /, or none; found " + path);
        }
        return config -> config.changes.warmup = Optional.of(path);
    }

    /** {@code FcgidCanary}: the share of the requests that a new version gets first, 0 to 50 percent. */
    static Consumer<DirectoryConfig> canary(Node directive) {
        String word = one(directive, "a share such as 5%");
        String digits = word.endsWith("%") ? word.substring(0, word.length() - 1) : word;
        if (!digits.matches("[0-9]{1,2}") || Integer.parseInt(digits) > MAX_CANARY_PERCENT) {
            throw directive.mistake("expected a share from 0% to " + MAX_CANARY_PERCENT + "%, found " + word);
        }
        int percent = Integer.parseInt(digits);
        return config -> config.changes.canaryPercent = percent;
    }

    private static String one(Node directive, String expected) {
        if (directive.args().size() != 1) {
            throw directive.mistake("expected " + expected);
        }
        return directive.args().get(0);
    }
}
