/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What of mod_alias's {@code Redirect} and {@code RedirectMatch} is honoured: those that refuse, {@code RedirectMatch 404
 * /\.git}. Those that lead elsewhere are not. Stateless.
 */
final class RedirectDirectives {

    private RedirectDirectives() {}

    /** What it refuses; empty when it leads elsewhere. */
    static Optional<Refusal> refusal(Node node) {
        Optional<Integer> status = status(node);
        if (status.isEmpty()) {
            return Optional.empty();
        }
        if (node.args().size() != 2) {
            throw node.mistake("expected a status and a " + (isMatch(node) ? "regular expression" : "URL path"));
        }
        String what = node.args().get(1);
        Predicate<String> matches = isMatch(node) ? regex(node, what) : prefix(what);
        return Optional.of(
                new Refusal(node.place().toString(), asked -> matches.test(asked.url()) ? status : Optional.empty()));
    }

    private static boolean isMatch(Node node) {
        return node.key().equals("redirectmatch");
    }

    private static Optional<Integer> status(Node node) {
        List<String> args = node.args();
        String word = args.isEmpty() ? "" : args.get(0).toLowerCase(Locale.ROOT);
        if (word.equals("gone")) {
            return Optional.of(410);
        }
        return word.matches("[45][0-9][0-9]") ? Optional.of(Integer.parseInt(word)) : Optional.empty();
    }

    private static Predicate<String> prefix(String path) {
        String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return url -> url.equals(path) || url.startsWith(bare + "/");
    }

    private static Predicate<String> regex(Node node, String regex) {
        try {
            return Pattern.compile(Pcre.toJava(regex)).asPredicate();
        } catch (PatternSyntaxException e) {
            throw node.mistake("not a regular expression: " + e.getDescription());
        }
    }
}
