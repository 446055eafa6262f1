/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The access control of one section or file: {@code Require} and the older {@code Order}, {@code Allow}, {@code Deny}.
 *
 * <p>Only {@code all} can be evaluated here. Every other condition (an address, a user, an environment variable) counts
 * against the client: it does not grant, and it does deny. A condition that httpd would not accept is a mistake.
 *
 * <p>Threading: one thread, one use. Source: httpd's mod_authz_core and mod_access_compat.
 */
final class AccessDirectives {

    private final Consumer<String> warnings;
    private final List<Node> requires = new ArrayList<>();
    private final List<Node.Directive> orders = new ArrayList<>();
    private boolean addsToInherited;

    AccessDirectives(Consumer<String> warnings) {
        this.warnings = warnings;
    }

    /** Takes a directive or section if it is about access, and returns whether it is. */
    boolean take(Node node) {
        switch (node.key()) {
            case "require" -> requires.add(directive(node));
            case "requireall", "requireany", "requirenone" -> {
                if (!(node instanceof Node.Section)) {
                    throw node.mistake("is a section, <" + node.name() + ">");
                }
                requires.add(node);
            }
            case "order", "allow", "deny" -> orders.add(directive(node));
            case "authmerging" -> addsToInherited = merging(directive(node));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Node.Directive directive(Node node) {
        if (node instanceof Node.Directive directive) {
            return directive;
        }
        throw node.mistake("is no section");
    }

    private static boolean merging(Node.Directive directive) {
        return switch (Arguments.one(directive).toLowerCase(Locale.ROOT)) {
            case "and" -> true;
            case "or", "off" -> false;
            default -> throw directive.mistake("expected Off, And or Or");
        };
    }

    /**
     * Adds the result to the changes of a section; nothing if the section says nothing about access.
     *
     * @param mayGrant whether {@code Require} may lift a denial that it inherits (AllowOverride AuthConfig)
     * @param mayAllow the same for {@code Allow} (AllowOverride Limit)
     */
    void addTo(List<Consumer<DirectoryConfig>> changes, boolean mayGrant, boolean mayAllow) {
        if (!requires.isEmpty()) {
            Optional<String> denial = denial(requires, requireGrants(), mayGrant, "AuthConfig");
            boolean adds = addsToInherited;
            if (denial.isPresent() || mayGrant || adds) {
                changes.add(config -> config.access.require(denial, adds));
            }
        }
        if (!orders.isEmpty()) {
            Optional<String> denial = denial(orders, orderGrants(), mayAllow, "Limit");
            if (denial.isPresent() || mayAllow) {
                changes.add(config -> config.access.orderDenial = denial);
            }
        }
    }

    private Optional<String> denial(List<? extends Node> from, boolean granted, boolean mayGrant, String word) {
        Node first = from.get(0);
        if (granted && !mayGrant) {
            warnings.accept(first.place() + ": " + first.name() + " may not lift a denial here; in a .htaccess without"
                    + " mistakes AllowOverride " + word + " in the server's configuration permits it");
        }
        return granted ? Optional.empty() : Optional.of("denied by " + first.place());
    }

    /** Returns whether the section denies all requests. */
    boolean denies() {
        return (!requires.isEmpty() && !requireGrants()) || (!orders.isEmpty() && !orderGrants());
    }

    private boolean requireGrants() {
        return new RequireRules(warnings).grants(requires);
    }

    // ---- Order, Allow, Deny ---------------------------------------------------------------------------------------

    private boolean orderGrants() {
        boolean allowThenDeny = false;
        boolean allowed = false;
        boolean denied = false;
        for (Node.Directive directive : orders) {
            switch (directive.key()) {
                case "order" -> allowThenDeny = isAllowThenDeny(directive);
                case "allow" -> allowed |= isFromAll(directive);
                default -> {
                    isFromAll(directive);
                    denied = true;
                }
            }
        }
        return allowThenDeny ? allowed && !denied : allowed || !denied;
    }

    private static boolean isAllowThenDeny(Node directive) {
        return switch (String.join(" ", directive.args()).toLowerCase(Locale.ROOT)) {
            case "deny,allow" -> false;
            case "allow,deny", "mutual-failure" -> true;
            default -> throw directive.mistake("expected Deny,Allow or Allow,Deny, without a space");
        };
    }

    /** Returns whether {@code Allow} or {@code Deny} is about all clients; warns if only about some. */
    private boolean isFromAll(Node directive) {
        List<String> args = directive.args();
        if (args.size() < 2 || !args.get(0).equalsIgnoreCase("from")) {
            throw directive.mistake("expected \"from all\"");
        }
        List<String> clients = args.subList(1, args.size());
        for (String client : clients) {
            if (!ClientAddresses.isHostOrAddress(client)) {
                throw directive.mistake("expected \"from all\", found " + client);
            }
        }
        boolean all = clients.stream().anyMatch("all"::equalsIgnoreCase);
        if (!all) {
            RequireRules.warnNotEvaluated(directive, warnings);
        }
        return all;
    }
}
