/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.config.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Access control of one section or file: {@code Require …} and the older {@code Order}/{@code Allow}/{@code Deny}.
 *
 * <p>Only {@code all} can be evaluated here. Whatever else a rule asks for (an address, a user, an environment variable)
 * counts against the client: it denies where it would have to grant, and it applies where it would deny.
 *
 * <p>Source: Apache's mod_authz_core and mod_access_compat.
 */
final class AccessRules {

    /** How the members of a {@code Require} block combine. */
    private enum Mode {
        ANY,
        ALL,
        NONE
    }

    private final Consumer<String> warnings;
    private final List<Node> requires = new ArrayList<>();
    private final List<Node.Directive> compat = new ArrayList<>();

    AccessRules(Consumer<String> warnings) {
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

    /** What it comes to; nothing when this place says nothing about access. */
    void addTo(List<Consumer<Rules>> changes) {
        if (!requires.isEmpty()) {
            Optional<String> denial =
                    granted(requires, Mode.ANY) ? Optional.empty() : Optional.of(where(requires.get(0)));
            changes.add(rules -> rules.requireDenies = denial);
        }
        if (!compat.isEmpty()) {
            Optional<String> denial = compatGranted() ? Optional.empty() : Optional.of(where(compat.get(0)));
            changes.add(rules -> rules.compatDenies = denial);
        }
    }

    /** Whether this place denies everybody. */
    boolean denies() {
        return (!requires.isEmpty() && !granted(requires, Mode.ANY)) || (!compat.isEmpty() && !compatGranted());
    }

    private static String where(Node node) {
        return "denied by " + node.place();
    }

    private boolean granted(List<Node> members, Mode mode) {
        boolean any = false;
        boolean all = true;
        boolean maybe = false;
        for (Node member : members) {
            Optional<Boolean> verdict = verdict(member);
            maybe |= verdict.isEmpty();
            any |= verdict.orElse(false);
            all &= verdict.orElse(false);
        }
        return switch (mode) {
            case ANY -> any;
            case ALL -> all;
            case NONE -> !any && !maybe;
        };
    }

    private Optional<Boolean> verdict(Node node) {
        if (node instanceof Node.Section section) {
            Mode mode =
                    switch (section.key()) {
                        case "requireall" -> Mode.ALL;
                        case "requirenone" -> Mode.NONE;
                        default -> Mode.ANY;
                    };
            return Optional.of(granted(section.children(), mode));
        }
        String words = String.join(" ", node.args()).toLowerCase(Locale.ROOT);
        return switch (words) {
            case "all granted" -> Optional.of(true);
            case "all denied" -> Optional.of(false);
            case "not all granted" -> Optional.of(false);
            case "not all denied" -> Optional.of(true);
            default -> {
                cantTell(node);
                yield Optional.empty();
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
