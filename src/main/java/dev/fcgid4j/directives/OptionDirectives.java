/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * {@code Options}: whether scripts may run and links may leave the site. The other options, such as those about listings,
 * have no meaning here. Stateless.
 *
 * <p>Source: httpd's core. Options without a sign replace all others; those with a sign change single ones.
 */
final class OptionDirectives {

    private OptionDirectives() {}

    /** Returns the whole effect of a directive. */
    static Consumer<DirectoryConfig> all(Node directive) {
        List<String> words = directive.args();
        boolean replaces = words.stream().noneMatch(word -> word.startsWith("+") || word.startsWith("-"));
        return config -> {
            if (replaces) {
                setAll(false, config);
            }
            words.forEach(word -> set(word, config));
        };
    }

    /** Returns the part that restricts by name and so needs no permission: {@code -ExecCGI}, {@code None}. */
    static Consumer<DirectoryConfig> restricting(Node directive) {
        List<String> words = directive.args();
        return config -> {
            for (String word : words) {
                if (word.startsWith("-")) {
                    set(word, config);
                } else if (word.equalsIgnoreCase("none")) {
                    setAll(false, config);
                }
            }
        };
    }

    /** Returns whether a directive may allow more than was allowed before. */
    static boolean grants(Node directive) {
        return directive.args().stream()
                .filter(word -> !word.startsWith("-"))
                .map(OptionDirectives::name)
                .anyMatch(name -> name.equals("all") || name.equals("execcgi") || name.equals("followsymlinks"));
    }

    private static void set(String word, DirectoryConfig config) {
        boolean on = !word.startsWith("-");
        switch (name(word)) {
            case "all" -> setAll(on, config);
            case "execcgi" -> config.execCgi = on;
            case "followsymlinks" -> config.followSymlinks = on;
            default -> {} // about listings and the like, which are not done here
        }
    }

    private static void setAll(boolean on, DirectoryConfig config) {
        config.execCgi = on;
        config.followSymlinks = on;
    }

    private static String name(String word) {
        String name = word.startsWith("+") || word.startsWith("-") ? word.substring(1) : word;
        return name.toLowerCase(Locale.ROOT);
    }
}
