/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Evaluates {@code Require} directives and the blocks of them.
 *
 * <p>Mistakes, as in httpd: an unknown condition, wrong words behind it, an empty block, a negative one without effect.
 *
 * <p>Threading: one thread. Source: httpd's mod_authz_core, mod_authz_host, mod_authz_user.
 */
final class RequireRules {

    /** How the members of a block combine. */
    private enum Combination {
        ANY,
        ALL,
        NONE
    }

    /** The result of evaluating a directive or block. */
    private enum Authorization {
        GRANTED,
        DENIED,
        /** The member can only deny ({@code Require not}, {@code <RequireNone>}), and does not; that grants nothing. */
        NEUTRAL,
        /** The condition can't be evaluated. */
        UNKNOWN,
        /** Nor can its spelling be checked, so httpd may refuse everything because of it. */
        UNCHECKED
    }

    private static final Set<String> METHODS = Set.of(
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "DELETE",
            "CONNECT",
            "OPTIONS",
            "TRACE",
            "PATCH",
            "PROPFIND",
            "PROPPATCH",
            "MKCOL",
            "COPY",
            "MOVE",
            "LOCK",
            "UNLOCK");

    private final Consumer<String> warnings;

    RequireRules(Consumer<String> warnings) {
        this.warnings = warnings;
    }

    /** Returns whether all the {@code Require} directives of a section together grant access. */
    boolean grants(List<Node> requires) {
        return combined(requires, Combination.ANY) == Authorization.GRANTED;
    }

    private Authorization combined(List<Node> members, Combination combination) {
        Set<Authorization> results = EnumSet.noneOf(Authorization.class);
        for (Node member : members) {
            if (combination != Combination.ALL && isNegative(member)) {
                throw member.mistake("has no effect here, because it can only deny; put it into <RequireAll>");
            }
            results.add(authorization(member));
        }
        if (results.contains(Authorization.UNCHECKED)) {
            return Authorization.UNCHECKED;
        }
        boolean unknown = results.contains(Authorization.UNKNOWN);
        boolean denied = unknown || results.contains(Authorization.DENIED);
        boolean granted = results.contains(Authorization.GRANTED);
        return switch (combination) {
            case ANY -> granted ? Authorization.GRANTED : denied ? Authorization.DENIED : Authorization.NEUTRAL;
            case ALL -> denied ? Authorization.DENIED : granted ? Authorization.GRANTED : Authorization.NEUTRAL;
            case NONE -> granted || unknown ? Authorization.DENIED : Authorization.NEUTRAL;
        };
    }

    private static boolean isNegative(Node member) {
        return member.key().equals("requirenone")
                || (member instanceof Node.Directive directive && negated(words(directive)));
    }

    private Authorization authorization(Node node) {
        return node instanceof Node.Section section ? block(section) : condition((Node.Directive) node);
    }

    private Authorization block(Node.Section section) {
        if (!section.args().isEmpty()) {
            throw section.mistake("takes no argument");
        }
        List<Node> members = section.children();
        for (Node member : members) {
            if (!isMember(member)) {
                throw member.mistake("may not stand inside <" + section.name() + ">");
            }
        }
        if (members.isEmpty()) {
            throw section.mistake("is empty, so it says nothing about access");
        }
        Combination combination =
                switch (section.key()) {
                    case "requireall" -> Combination.ALL;
                    case "requirenone" -> Combination.NONE;
                    default -> Combination.ANY;
                };
        return combined(members, combination);
    }

    private static boolean isMember(Node node) {
        return switch (node.key()) {
            case "require" -> node instanceof Node.Directive;
            case "requireall", "requireany", "requirenone" -> node instanceof Node.Section;
            default -> false;
        };
    }

    // ---- one condition --------------------------------------------------------------------------------------------

    /** Returns the words of a directive as httpd sees them: quotes are parts of words here. */
    private static List<String> words(Node.Directive directive) {
        return Arrays.asList(directive.text().split("[ \\t\\x0b\\f\\r]+"));
    }

    private static boolean negated(List<String> words) {
        return words.get(0).equals("not");
    }

    private Authorization condition(Node.Directive directive) {
        List<String> words = words(directive);
        boolean negated = negated(words);
        List<String> condition = negated ? words.subList(1, words.size()) : words;
        if (condition.isEmpty()) {
            throw directive.mistake("expected a condition, such as \"all denied\"");
        }
        Authorization result = condition(directive, condition.get(0), condition.subList(1, condition.size()));
        if (result == Authorization.UNKNOWN || result == Authorization.UNCHECKED) {
            warnNotEvaluated(directive, warnings);
        }
        if (!negated || result == Authorization.UNCHECKED) {
            return result;
        }
        return result == Authorization.DENIED ? Authorization.NEUTRAL : Authorization.DENIED;
    }

    private static Authorization condition(Node.Directive directive, String name, List<String> values) {
        boolean accepted =
                switch (name) {
                    case "all" -> values.size() == 1;
                    case "ip" -> !values.isEmpty() && values.stream().allMatch(ClientAddresses::isAddress);
                    case "method" -> areMethods(values);
                    case "env", "user", "group", "host", "forward-dns" -> !values.isEmpty();
                    case "local" -> values.isEmpty();
                    case "valid-user" -> true;
                    case "expr", "file-owner", "file-group", "dbm-group", "dbm-file-group" -> true;
                    default -> name.startsWith("ldap-") || name.startsWith("dbd-");
                };
        if (!accepted) {
            throw directive.mistake("expected \"all granted\" or \"all denied\", found \"" + directive.text() + "\"");
        }
        return switch (name) {
            case "all" -> all(directive, values.get(0));
            case "ip", "method", "env", "local", "valid-user" -> Authorization.UNKNOWN;
            case "user", "group", "host", "forward-dns" ->
                directive.text().matches("[A-Za-z0-9@._ \\t-]+") ? Authorization.UNKNOWN : Authorization.UNCHECKED;
            default -> Authorization.UNCHECKED;
        };
    }

    /** Returns whether words are methods that httpd knows; case counts. */
    static boolean areMethods(List<String> words) {
        return !words.isEmpty() && METHODS.containsAll(words);
    }

    private static Authorization all(Node directive, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "granted" -> Authorization.GRANTED;
            case "denied" -> Authorization.DENIED;
            default ->
                throw directive.mistake("expected \"all granted\" or \"all denied\", found \"all " + value + "\"");
        };
    }

    /** Warns that a condition counts against the client. */
    static void warnNotEvaluated(Node node, Consumer<String> warnings) {
        warnings.accept(node.place() + ": " + node.name() + " " + String.join(" ", node.args())
                + " can't be evaluated here, so it counts against the client; only \"all\" can");
    }
}
