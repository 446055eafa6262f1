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
 * The access control of one section or file: {@code Require} and the older {@code Order}, {@code Allow}, {@code Deny}.
 *
 * <p>Only {@code all} can be evaluated here. Every other condition (an address, a user, an environment variable) counts
 * against the client: it does not grant, and it does deny.
 *
 * <p>Threading: one thread, one use. Source: httpd's mod_authz_core and mod_access_compat.
 */
final class AccessDirectives {

    /** How the members of a {@code Require} block combine. */
    private enum Combination {
        ANY,
        ALL,
        NONE
    }

    /** The result of evaluating a {@code Require} directive or block. */
    private enum Authorization {
        GRANTED,
        DENIED,
        /** The member can only deny ({@code Require not}, {@code <RequireNone>}), and does not; that grants nothing. */
        NEUTRAL,
        UNKNOWN
    }

    private final Consumer<String> warnings;
    private final List<Node> requires = new ArrayList<>();
    private final List<Node.Directive> orders = new ArrayList<>();

    AccessDirectives(Consumer<String> warnings) {
        this.warnings = warnings;
    }

    /** Takes a directive or section if it is about access, and returns whether it is. */
    boolean take(Node node) {
        switch (node.key()) {
            case "require", "requireall", "requireany", "requirenone" -> requires.add(node);
            case "order", "allow", "deny" -> {
                if (!(node instanceof Node.Directive directive)) {
                    throw node.mistake("is no section");
                }
                orders.add(directive);
            }
            case "satisfy", "authtype", "authname", "authuserfile", "authgroupfile", "authbasicprovider" -> {
                // They only matter beside a Require that can't be evaluated, and that denies.
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * Adds the result to the changes of a section; nothing if the section says nothing about access.
     *
     * @param mayGrant whether the section may lift a denial that it inherits (AllowOverride AuthConfig)
     */
    void addTo(List<Consumer<DirectoryConfig>> changes, boolean mayGrant) {
        if (!requires.isEmpty()) {
            Optional<String> denial = denial(requires, requireGrants(), mayGrant);
            if (denial.isPresent() || mayGrant) {
                changes.add(config -> config.access.requireDenial = denial);
            }
        }
        if (!orders.isEmpty()) {
            Optional<String> denial = denial(orders, orderGrants(), mayGrant);
            if (denial.isPresent() || mayGrant) {
                changes.add(config -> config.access.orderDenial = denial);
            }
        }
    }

    private Optional<String> denial(List<? extends Node> from, boolean granted, boolean mayGrant) {
        Node first = from.get(0);
        if (granted && !mayGrant) {
            warnings.accept(first.place() + ": " + first.name() + " may not lift a denial in this .htaccess;"
                    + " AllowOverride AuthConfig in the server's configuration permits it");
        }
        return granted ? Optional.empty() : Optional.of("denied by " + first.place());
    }

    /** Returns whether the section denies all requests. */
    boolean denies() {
        return (!requires.isEmpty() && !requireGrants()) || (!orders.isEmpty() && !orderGrants());
    }

    // ---- Require --------------------------------------------------------------------------------------------------

    private boolean requireGrants() {
        return combined(requires, Combination.ANY) == Authorization.GRANTED;
    }

    private Authorization combined(List<Node> members, Combination combination) {
        Set<Authorization> results = EnumSet.noneOf(Authorization.class);
        members.forEach(member -> results.add(authorization(member)));
        boolean unknown = results.contains(Authorization.UNKNOWN);
        boolean denied = unknown || results.contains(Authorization.DENIED);
        boolean granted = results.contains(Authorization.GRANTED);
        return switch (combination) {
            case ANY -> granted ? Authorization.GRANTED : denied ? Authorization.DENIED : Authorization.NEUTRAL;
            case ALL -> denied ? Authorization.DENIED : granted ? Authorization.GRANTED : Authorization.NEUTRAL;
            case NONE -> granted || unknown ? Authorization.DENIED : Authorization.NEUTRAL;
        };
    }

    private Authorization authorization(Node node) {
        if (node instanceof Node.Section section) {
            return combined(
                    section.children(),
                    switch (section.key()) {
                        case "requireall" -> Combination.ALL;
                        case "requirenone" -> Combination.NONE;
                        default -> Combination.ANY;
                    });
        }
        String words = String.join(" ", node.args()).toLowerCase(Locale.ROOT);
        return switch (words) {
            case "all granted" -> Authorization.GRANTED;
            case "all denied", "not all granted" -> Authorization.DENIED;
            case "not all denied" -> Authorization.NEUTRAL;
            default -> {
                warnNotEvaluated(node);
                yield words.startsWith("not ") ? Authorization.DENIED : Authorization.UNKNOWN;
            }
        };
    }

    // ---- Order, Allow, Deny ---------------------------------------------------------------------------------------

    private boolean orderGrants() {
        boolean allowThenDeny = false;
        boolean allowed = false;
        boolean denied = false;
        for (Node.Directive directive : orders) {
            String words =
                    String.join(" ", directive.args()).toLowerCase(Locale.ROOT).replace(" ", "");
            boolean all = words.equals("fromall");
            switch (directive.key()) {
                case "order" -> allowThenDeny = isAllowThenDeny(directive, words);
                case "allow" -> {
                    allowed |= all;
                    warnUnless(all, directive);
                }
                default -> {
                    denied = true;
                    warnUnless(all, directive);
                }
            }
        }
        return allowThenDeny ? allowed && !denied : allowed || !denied;
    }

    private static boolean isAllowThenDeny(Node directive, String words) {
        return switch (words) {
            case "deny,allow" -> false;
            case "allow,deny", "mutual-failure" -> true;
            default -> throw directive.mistake("expected Deny,Allow or Allow,Deny");
        };
    }

    private void warnUnless(boolean evaluated, Node node) {
        if (!evaluated) {
            warnNotEvaluated(node);
        }
    }

    private void warnNotEvaluated(Node node) {
        warnings.accept(node.place() + ": " + node.name() + " " + String.join(" ", node.args())
                + " can't be evaluated here, so it counts against the client; only \"all\" can");
    }
}
