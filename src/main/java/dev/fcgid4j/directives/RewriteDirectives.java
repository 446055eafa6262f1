/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.limits.BoundedPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The rewrite rules of one section. Rules without a condition that refuse count, such as {@code RewriteRule ^lib/ - [F]};
 * rules that lead elsewhere are ignored, and reported to the {@link ConfigSource}.
 *
 * <p>Rules are tried in their order. So a rule that ends them ({@code - [L]}) or skips some ({@code - [S=2]}) counts too.
 *
 * <p>Threading: one thread fills it; the rule that it returns is immutable.
 *
 * <p>Source: docs/adr/0006-what-of-mod-rewrite-is-honoured.md; httpd's mod_rewrite.
 */
final class RewriteDirectives {

    private static final int FORBIDDEN = 403;
    private static final int GONE = 410;

    /**
     * One rule.
     *
     * @param status of a refusal; 0 if the rule does not refuse
     * @param ends whether the rules after it are not tried
     * @param skips number of rules after it that are not tried
     */
    private record Rule(Predicate<String> matches, int status, boolean ends, int skips) {}

    /** An ignored rule: it does nothing, but a skip counts it. */
    private static final Rule IGNORED = new Rule(path -> false, 0, false, 0);

    private final Function<UrlPaths, List<String>> subjects;
    private final List<Rule> rules = new ArrayList<>();
    private Optional<String> firstRefusal = Optional.empty();
    private boolean conditional; // the next rule has a condition
    private boolean off;
    private boolean switched;

    /**
     * Creates an empty list of rules.
     *
     * @param subjects returns the texts that patterns are tried on
     */
    private RewriteDirectives(Function<UrlPaths, List<String>> subjects) {
        this.subjects = subjects;
    }

    /** For the server's file: patterns are tried on the URL path with its first slash. */
    static RewriteDirectives ofServer() {
        return new RewriteDirectives(request -> List.of(request.url()));
    }

    /** For a directory: patterns are tried on the part of the file path below the directory, without its first slash. */
    static RewriteDirectives ofDirectory(String directory) {
        String prefix = ByteStrings.of(directory.endsWith("/") ? directory : directory + "/");
        return new RewriteDirectives(request -> List.of(
                request.file().startsWith(prefix)
                        ? request.file().substring(prefix.length())
                        : request.url().substring(1)));
    }

    /** For places where Apache does not define the subject: a rule refuses if it matches with or without the first slash. */
    static RewriteDirectives ofAnything() {
        return new RewriteDirectives(
                request -> List.of(request.url(), request.url().substring(1)));
    }

    /** Returns an empty list with the same subjects, for a section inside this one. */
    RewriteDirectives sibling() {
        return new RewriteDirectives(subjects);
    }

    /** {@code RewriteEngine}: the last one in a section counts for all its rules. */
    void engine(Node directive) {
        off = switch (Arguments.one(directive).toLowerCase(Locale.ROOT)) {
            case "off" -> true;
            case "on" -> false;
            default -> throw directive.mistake("expected On or Off");
        };
        switched = true;
    }

    /**
     * Returns whether the section switches rules on or off; empty if it says nothing. Where they are on, httpd refuses every
     * request unless links are followed.
     */
    Optional<Boolean> switchedOn() {
        return switched ? Optional.of(!off) : Optional.empty();
    }

    /** {@code RewriteCond}: gives the next rule a condition. */
    void condition() {
        conditional = true;
    }

    /** {@code RewriteRule}. */
    void rule(Node directive, ConfigSource source) {
        if (directive.args().size() < 2 || directive.args().size() > 3) {
            throw directive.mistake("expected a pattern and a target, then perhaps [flags]");
        }
        String target = directive.args().get(1);
        List<String> flags = flags(directive);
        boolean chained = flags.contains("c") || flags.contains("chain");
        int status = status(flags);
        boolean unconditional = !conditional && !chained;
        // Conditions belong to one rule. A chained rule is the condition of the next.
        conditional = chained;
        if (unconditional && (status > 0 || target.equals("-"))) {
            boolean ends = flags.contains("l") || flags.contains("last") || flags.contains("end");
            rules.add(new Rule(pattern(directive, flags), status, ends, skips(flags)));
            if (status > 0 && firstRefusal.isEmpty()) {
                firstRefusal = Optional.of(directive.place().toString());
            }
        } else {
            rules.add(IGNORED);
            if (status > 0 || !target.equals("-")) {
                source.ignored(directive);
            }
        }
    }

    private static List<String> flags(Node directive) {
        String words =
                String.join("", directive.args().subList(2, directive.args().size()));
        List<String> flags = new ArrayList<>();
        for (String flag : words.replaceAll("^\\[|]$", "").split(",", -1)) {
            flags.add(flag.strip().toLowerCase(Locale.ROOT));
        }
        return flags;
    }

    /** Returns the status that flags refuse with; 0 if they don't refuse. */
    private static int status(List<String> flags) {
        int status = 0;
        for (String flag : flags) {
            if (flag.equals("f") || flag.equals("forbidden")) {
                status = FORBIDDEN;
            } else if (flag.equals("g") || flag.equals("gone")) {
                status = GONE;
            } else if (flag.matches("r(edirect)?=[45][0-9][0-9]")) {
                status = Integer.parseInt(flag.substring(flag.length() - 3));
            }
        }
        return status;
    }

    private static int skips(List<String> flags) {
        return flags.stream()
                .filter(flag -> flag.matches("s(kip)?=[0-9]{1,4}"))
                .mapToInt(flag -> Integer.parseInt(flag.substring(flag.indexOf('=') + 1)))
                .findFirst()
                .orElse(0);
    }

    private static Predicate<String> pattern(Node directive, List<String> flags) {
        String regex = directive.args().get(0);
        boolean negated = regex.startsWith("!");
        boolean ignoreCase = flags.contains("nc") || flags.contains("nocase");
        BoundedPattern pattern = Patterns.compile(directive, negated ? regex.substring(1) : regex, ignoreCase);
        return path -> pattern.find(path) != negated;
    }

    /** Returns all rules as one; empty if they refuse nothing. */
    Optional<RefusalRule> refusalRule() {
        if (off) {
            return Optional.empty();
        }
        List<Rule> inOrder = List.copyOf(rules);
        return firstRefusal.map(place -> new RefusalRule(place, request -> subjects.apply(request).stream()
                .flatMap(subject -> status(inOrder, subject).stream())
                .findFirst()));
    }

    private static Optional<Integer> status(List<Rule> inOrder, String path) {
        for (int i = 0; i < inOrder.size(); i++) {
            Rule rule = inOrder.get(i);
            if (!rule.matches().test(path)) {
                continue;
            }
            if (rule.status() > 0) {
                return Optional.of(rule.status());
            }
            if (rule.ends()) {
                return Optional.empty();
            }
            i += rule.skips();
        }
        return Optional.empty();
    }
}
