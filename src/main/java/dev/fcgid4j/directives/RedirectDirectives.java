/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * {@code Redirect} and {@code RedirectMatch}: those that refuse count, such as {@code RedirectMatch 404 /\.git}; those
 * that name another address are ignored. Stateless.
 *
 * <p>Source: httpd's mod_alias.
 */
final class RedirectDirectives {

    private static final int GONE = 410;

    private RedirectDirectives() {}

    static void compile(Node directive, SectionBuilder section, ConfigSource source) {
        Optional<RefusalRule> rule = refusalRule(directive);
        if (rule.isPresent()) {
            section.addChange(config -> config.access.refusals.add(rule.get()));
        } else {
            checkIgnored(directive);
            source.ignored(directive);
        }
    }

    /** Checks the arguments of a redirect that is ignored: a slip may have made it one. */
    private static void checkIgnored(Node node) {
        List<String> args = node.args();
        boolean match = node.key().equals("redirectmatch");
        boolean status = args.size() == 3
                && (match || node.key().equals("redirect"))
                && args.get(0).toLowerCase(Locale.ROOT).matches("permanent|temp|seeother|3[0-9][0-9]");
        List<String> rest = args.subList(status ? 1 : 0, args.size());
        if (rest.size() != 2
                || !(match || (rest.get(0).startsWith("/") && rest.get(1).matches("/.*|.*://.*")))) {
            throw node.mistake("expected a status that refuses and a path, or a path and another address");
        }
        if (match) {
            Patterns.compile(node, rest.get(0), false);
        }
    }

    private static Optional<RefusalRule> refusalRule(Node node) {
        Optional<Integer> status = status(node);
        if (status.isEmpty()) {
            return Optional.empty();
        }
        boolean match = node.key().equals("redirectmatch");
        if (node.args().size() != 2) {
            throw node.mistake("expected a status and a " + (match ? "regular expression" : "URL path"));
        }
        String argument = node.args().get(1);
        Predicate<String> matches = match ? Patterns.compile(node, argument, false)::find : Patterns.below(argument);
        return Optional.of(new RefusalRule(
                node.place().toString(), request -> matches.test(request.url()) ? status : Optional.empty()));
    }

    private static Optional<Integer> status(Node node) {
        List<String> args = node.args();
        String word = args.isEmpty() ? "" : args.get(0).toLowerCase(Locale.ROOT);
        if (word.equals("gone")) {
            return Optional.of(GONE);
        }
        return word.matches("[45][0-9][0-9]") ? Optional.of(Integer.parseInt(word)) : Optional.empty();
    }
}
