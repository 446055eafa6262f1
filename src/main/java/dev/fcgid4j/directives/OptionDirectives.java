/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** {@code Options}, as far as they are about running scripts and following links. Stateless. */
final class OptionDirectives {

    private OptionDirectives() {}

    /** All that it says. */
    static Consumer<DirectoryConfig> all(Node directive) {
        boolean absolute = directive.args().stream().noneMatch(word -> word.startsWith("+") || word.startsWith("-"));
        return rules -> {
            if (absolute) {
                rules.execCgi = false;
                rules.followSymlinks = false;
            }
            for (String word : directive.args()) {
                set(word, rules);
            }
        };
    }

    /** What of it restricts by name, which nobody needs a permission for: {@code -ExecCGI}, {@code None}. */
    static Consumer<DirectoryConfig> restricting(Node directive) {
        List<String> words = directive.args();
        return rules -> {
            for (String word : words) {
                if (word.startsWith("-")) {
                    set(word, rules);
                } else if (word.equalsIgnoreCase("none")) {
                    rules.execCgi = false;
                    rules.followSymlinks = false;
                }
            }
        };
    }

    /** Whether it allows more than before. */
    static boolean grants(Node directive) {
        return directive.args().stream()
                .filter(word -> !word.startsWith("-"))
                .map(word -> word.replaceFirst("^\\+", "").toLowerCase(Locale.ROOT))
                .anyMatch(name -> name.equals("all") || name.equals("execcgi") || name.equals("followsymlinks"));
    }

    private static void set(String word, DirectoryConfig rules) {
        boolean on = !word.startsWith("-");
        String name = word.startsWith("+") || word.startsWith("-") ? word.substring(1) : word;
        switch (name.toLowerCase(Locale.ROOT)) {
            case "all" -> {
                rules.execCgi = on;
                rules.followSymlinks = on;
            }
            case "execcgi" -> rules.execCgi = on;
            case "followsymlinks" -> rules.followSymlinks = on;
            default -> {} // the others are about listings and the like, which are not done here
        }
    }
}
