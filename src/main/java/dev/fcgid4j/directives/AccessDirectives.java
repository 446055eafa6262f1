/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Access control of one section or file: {@code Require …} and the older {@code Order}/{@code Allow}/{@code Deny}.
 *
 * <p>Only {@code all} can be evaluated here. Whatever else a rule asks for (an address, a user, an environment variable)
 * counts against the client: it denies where it would have to grant, and it applies where it would deny.
 *
 * <p>Source: Apache's mod_authz_core and mod_access_compat.
 */
final class AccessDirectives {

    /** How the members of a {@code Require} block combine. */
    private enum Mode {
        ANY,
        ALL,
        NONE
    }

    /** What a member of a {@code Require} block comes to. */
    private enum Verdict {
        GRANTED,
        DENIED,
        /** It can only deny ({@code Require not}, {@code <RequireNone>}), and doesn't: by itself that grants nothing. */
        NEUTRAL,
        UNKNOWN
    }

    private final Consumer<String> warnings;
    private final List<Node> requires = new ArrayList<>();
    private final List<Node.Directive> compat = new ArrayList<>();

    AccessDirectives(Consumer<String> warnings) {
        this.warnings = warnings;
    }

    /** Takes a node if it is about access. */
    boolean take(Node node) {
        switch (node.key()) {
            case "require", "requireall", "requireany", "requirenone" -> requires.add(node);
            case "order", "allow", "deny" -> {
                if (!(node instanceof Node.Directive directive)) {
                    throw node.mistake("is no section");
                }
                compat.add(directive);
            }
            case "satisfy", "authtype", "authname", "authuserfile", "authgroupfile", "authbasicprovider" -> {
                // They only matter together with a Require that can't be evaluated, which denies.
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * What it comes to; nothing when this place says nothing about access.
     *
     * @param mayGrant whether it may lift a denial that was inherited (AllowOverride AuthConfig)
     */
    void addTo(List<Consumer<DirectoryConfig>> changes, boolean mayGrant) {
        if (!requires.isEmpty()) {
            Optional<String> denial = denial(requires, requireGranted(), mayGrant);
            if (denial.isPresent() || mayGrant) {
                changes.add(rules -> rules.requireDenies = denial);
            }
        }
        if (!compat.isEmpty()) {
            Optional<String> denial = denial(compat, compatGranted(), mayGrant);
            if (denial.isPresent() || mayGrant) {
                changes.add(rules -> rules.compatDenies = denial);
            }
        }
    }

    private Optional<String> denial(List<? extends Node> from, boolean granted, boolean mayGrant) {
        Node first = from.get(0);
        if (granted && !mayGrant) {
            warnings.accept(first.place() + ": " + first.name() + " may not lift a denial in this .htaccess;"
                    + " AllowOverride AuthConfig in the server's configuration allows it");
        }
        return granted ? Optional.empty() : Optional.of("denied by " + first.place());
    }

    /** Whether this place denies everybody. */
    boolean denies() {
        return (!requires.isEmpty() && !requireGranted()) || (!compat.isEmpty() && !compatGranted());
    }

    private boolean requireGranted() {
        return combined(requires, Mode.ANY) == Verdict.GRANTED;
    }

    private Verdict combined(List<Node> members, Mode mode) {
        Set<Verdict> verdicts = EnumSet.noneOf(Verdict.class);
        members.forEach(member -> verdicts.add(verdict(member)));
        boolean denied = verdicts.contains(Verdict.DENIED) || verdicts.contains(Verdict.UNKNOWN);
        boolean granted = verdicts.contains(Verdict.GRANTED);
        return switch (mode) {
            case ANY -> granted ? Verdict.GRANTED : denied ? Verdict.DENIED : Verdict.NEUTRAL;
            case ALL -> denied ? Verdict.DENIED : granted ? Verdict.GRANTED : Verdict.NEUTRAL;
            case NONE -> granted || verdicts.contains(Verdict.UNKNOWN) ? Verdict.DENIED : Verdict.NEUTRAL;
        };
    }

    private Verdict verdict(Node node) {
        if (node instanceof Node.Section section) {
            return combined(
                    section.children(),
                    switch (section.key()) {
                        case "requireall" -> Mode.ALL;
                        case "requirenone" -> Mode.NONE;
                        default -> Mode.ANY;
                    });
        }
        String words = String.join(" ", node.args()).toLowerCase(Locale.ROOT);
        return switch (words) {
            case "all granted" -> Verdict.GRANTED;
            case "all denied", "not all granted" -> Verdict.DENIED;
            case "not all denied" -> Verdict.NEUTRAL;
            default -> {
                cantTell(node);
                yield words.startsWith("not ") ? Verdict.DENIED : Verdict.UNKNOWN;
            }
        };
    }

    private boolean compatGranted() {
        boolean allowFirst = false;
        boolean allowed = false;
        boolean denied = false;
        for (Node.Directive directive : compat) {
            String words =
                    String.join(" ", directive.args()).toLowerCase(Locale.ROOT).replace(" ", "");
            switch (directive.key()) {
                case "order" -> {
                    if (!words.equals("deny,allow") && !words.equals("allow,deny") && !words.equals("mutual-failure")) {
                        throw directive.mistake("expected Deny,Allow or Allow,Deny");
                    }
                    allowFirst = !words.equals("deny,allow");
                }
                case "allow" -> {
                    boolean everybody = words.equals("fromall");
                    allowed |= everybody;
                    if (!everybody) {
                        cantTell(directive);
                    }
                }
                default -> {
                    denied = true;
                    if (!words.equals("fromall")) {
                        cantTell(directive);
                    }
                }
            }
        }
        return allowFirst ? allowed && !denied : allowed || !denied;
    }

    private void cantTell(Node node) {
        warnings.accept(node.place() + ": " + node.name() + " " + String.join(" ", node.args())
                + " can't be evaluated here, so it counts against the client; only \"all\" can");
    }
}
