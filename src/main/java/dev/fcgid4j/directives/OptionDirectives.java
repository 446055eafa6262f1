/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * {@code Options}: whether scripts may run, links are followed, and may leave the site. The other options, such as those
 * about listings, have no meaning here. Stateless.
 *
 * <p>Source: httpd's core. Options without a sign replace all others; those with a sign change single ones; both together
 * are a mistake, and so is an unknown option.
 */
final class OptionDirectives {

    private static final Set<String> KNOWN = Set.of(
            "all",
            "none",
            "execcgi",
            "followsymlinks",
            "symlinksifownermatch",
            "indexes",
            "includes",
            "includesnoexec",
            "multiviews",
            "runscripts");

    private OptionDirectives() {}

    /** Returns the whole effect of a directive. */
    static Consumer<DirectoryConfig> all(Node directive) {
        List<String> words = checked(directive);
        boolean replaces = replaces(words);
        return config -> {
            if (replaces) {
                setAll(false, config);
            }
            words.forEach(word -> set(word, config));
        };
    }

    /** Returns the part that restricts and so needs no permission: minus signs, and what words without a sign leave out. */
    static Consumer<DirectoryConfig> restricting(Node directive) {
        List<String> words = checked(directive);
        List<String> names = words.stream().map(OptionDirectives::name).toList();
        boolean all = names.contains("all");
        boolean execCgi = all || names.contains("execcgi");
        boolean follow = all || names.contains("followsymlinks");
        boolean sameOwner = names.contains("symlinksifownermatch");
        boolean replaces = replaces(words);
        return config -> {
            if (replaces) {
                config.execCgi &= execCgi;
                config.followSymlinks &= follow;
                config.links = config.links.restrictedTo(follow, sameOwner);
            }
            words.stream()
                    .filter(word -> word.startsWith("-") && !name(word).equals("symlinksifownermatch"))
                    .forEach(word -> set(word, config));
        };
    }

    private static List<String> checked(Node directive) {
        List<String> words = directive.args();
        for (String word : words) {
            if (!KNOWN.contains(name(word))) {
                throw directive.mistake("expected options such as ExecCGI or -FollowSymLinks, found " + word);
            }
        }
        long signed = words.stream().filter(OptionDirectives::isSigned).count();
        if (signed != 0 && signed != words.size()) {
            throw directive.mistake("either all options begin with + or -, or none");
        }
        return words;
    }

    /** Returns whether a directive may allow more than was allowed before. */
    static boolean grants(Node directive) {
        return directive.args().stream()
                .filter(word -> !word.startsWith("-"))
                .map(OptionDirectives::name)
                .anyMatch(name -> name.equals("all")
                        || name.equals("execcgi")
                        || name.equals("followsymlinks")
                        || name.equals("symlinksifownermatch"));
    }

    private static boolean replaces(List<String> words) {
        return words.stream().noneMatch(OptionDirectives::isSigned);
    }

    private static void set(String word, DirectoryConfig config) {
        boolean on = !word.startsWith("-");
        switch (name(word)) {
            case "all" -> setAll(on, config);
            case "execcgi" -> config.execCgi = on;
            case "followsymlinks" -> {
                config.followSymlinks = on;
                config.links = new LinkPolicy(on, config.links.sameOwner());
            }
            case "symlinksifownermatch" -> config.links = new LinkPolicy(config.links.follow(), on);
            default -> {} // about listings and the like, which are not done here
        }
    }

    private static void setAll(boolean on, DirectoryConfig config) {
        config.execCgi = on;
        config.followSymlinks = on;
        config.links = new LinkPolicy(on, on && config.links.sameOwner());
    }

    private static boolean isSigned(String word) {
        return word.startsWith("+") || word.startsWith("-");
    }

    private static String name(String word) {
        return (isSigned(word) ? word.substring(1) : word).toLowerCase(Locale.ROOT);
    }
}
