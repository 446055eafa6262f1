/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What of mod_rewrite is honoured: rules without a condition that refuse, {@code RewriteRule ^lib/ - [F]}. They are tried
 * in their order, so one that ends the rules before ({@code - [L]}) or skips some ({@code - [S=2]}) counts too.
 *
 * <p>Anything else is passed over, and whoever compiles is told.
 *
 * <p>Threading: one thread fills it; afterwards the refusal is immutable. Source: docs/adr/0006.
 */
final class RewriteDirectives {

    /**
     * One rule.
     *
     * @param status a refusal's; 0 for none
     * @param ends whether no rule after it is tried
     * @param skips rules after it that are not tried
     */
    private record Rule(Predicate<String> matches, int status, boolean ends, int skips) {}

    /** A rule that does nothing here but counts when others are skipped. */
    private static final Rule PASSED_OVER = new Rule(path -> false, 0, false, 0);

    private final Function<UrlPaths, List<String>> subjects;
    private final List<Rule> rules = new ArrayList<>();
    private Optional<String> place = Optional.empty();
    private boolean conditional;
    private boolean off;

    /** With what to try the patterns on. */
    private RewriteDirectives(Function<UrlPaths, List<String>> subjects) {
        this.subjects = subjects;
    }

    /** In the server's configuration patterns are tried on the path with its slash. */
    static RewriteDirectives ofServer() {
        return new RewriteDirectives(asked -> List.of(asked.url()));
    }

    /** In a directory they are tried on what follows that directory's path and its slash. */
    static RewriteDirectives ofDirectory(String directory) {
        String prefix = directory.endsWith("/") ? directory : directory + "/";
        return new RewriteDirectives(asked -> List.of(
                asked.file().startsWith(prefix)
                        ? asked.file().substring(prefix.length())
                        : asked.url().substring(1)));
    }

    /** Where Apache doesn't say what they are tried on, a rule that matches in either way refuses. */
    static RewriteDirectives ofAnything() {
        return new RewriteDirectives(asked -> List.of(asked.url(), asked.url().substring(1)));
    }

    /** For another block at the same place. */
    RewriteDirectives sibling() {
        return new RewriteDirectives(subjects);
    }

    /**
     * Takes a node if it is mod_rewrite's.
     *
     * @param passedOver told of a rule that is not honoured
     */
    boolean take(Node node, Consumer<Node> passedOver) {
        switch (node.key()) {
            case "rewriteengine" -> off = node.args().stream().anyMatch("off"::equalsIgnoreCase);
            case "rewritebase", "rewriteoptions" -> {
                // only for rules that rewrite
            }
            case "rewritecond" -> conditional = true;
            case "rewriterule" -> rule(node, passedOver);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void rule(Node node, Consumer<Node> passedOver) {
        if (node.args().size() < 2) {
            throw node.mistake("expected a pattern and a target");
        }
        String target = node.args().get(1);
        List<String> flags = flags(node);
        boolean chained = flags.contains("c") || flags.contains("chain");
        int status = status(flags);
        boolean unconditional = !conditional && !chained;
        // The conditions are this rule's; a chained rule is the condition of the next.
        conditional = chained;
        if (unconditional && (status > 0 || target.equals("-"))) {
            boolean ends = flags.contains("l") || flags.contains("last") || flags.contains("end");
            rules.add(new Rule(pattern(node, flags), status, ends, skips(flags)));
            if (status > 0 && place.isEmpty()) {
                place = Optional.of(node.place().toString());
            }
        } else {
            rules.add(PASSED_OVER);
            if (status > 0 || !target.equals("-")) {
                passedOver.accept(node);
            }
        }
    }

    private static List<String> flags(Node node) {
        String words = String.join("", node.args().subList(2, node.args().size()));
        List<String> flags = new ArrayList<>();
        for (String flag : words.replaceAll("^\\[|]$", "").split(",", -1)) {
            flags.add(flag.strip().toLowerCase(Locale.ROOT));
        }
        return flags;
    }

    private static int status(List<String> flags) {
        int status = 0;
        for (String flag : flags) {
            if (flag.equals("f") || flag.equals("forbidden")) {
                status = 403;
            } else if (flag.equals("g") || flag.equals("gone")) {
                status = 410;
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

    private static Predicate<String> pattern(Node node, List<String> flags) {
        String regex = node.args().get(0);
        boolean negated = regex.startsWith("!");
        boolean noCase = flags.contains("nc") || flags.contains("nocase");
        try {
            Pattern pattern = Pattern.compile(
                    Pcre.toJava(negated ? regex.substring(1) : regex), noCase ? Pattern.CASE_INSENSITIVE : 0);
            return path -> pattern.matcher(path).find() != negated;
        } catch (PatternSyntaxException e) {
            throw node.mistake("not a regular expression: " + e.getDescription());
        }
    }

    /** What the rules refuse, if anything. */
    Optional<Refusal> refusal() {
        if (off || place.isEmpty()) {
            return Optional.empty();
        }
        List<Rule> inOrder = List.copyOf(rules);
        return Optional.of(new Refusal(place.get(), asked -> subjects.apply(asked).stream()
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
