/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One row of the {@link DirectiveTable}.
 *
 * @param name as documented
 * @param context where the directive may stand
 * @param group the group that a {@code .htaccess} needs for it; empty if it needs none because it only restricts
 * @param understood whether a directive with these arguments has a meaning here; else it counts as unknown
 * @param effect what it does with permission
 * @param restriction the part of the effect that only restricts: it counts without permission, and in a section whose
 *     condition can't be evaluated
 * @param needsPermission whether a directive with these arguments does more than restrict
 * @param opens whether a directive with these arguments may open or send what was refused before
 */
record DirectiveDefinition(
        String name,
        Context context,
        Optional<AllowOverride.Group> group,
        Predicate<Node> understood,
        DirectiveAction effect,
        DirectiveAction restriction,
        Predicate<Node> needsPermission,
        Predicate<Node> opens) {

    /** Where a directive may stand. */
    enum Context {
        /** In the server's file, in its sections, and in {@code .htaccess}. */
        ANYWHERE,
        /** In the server's file and its sections; in {@code .htaccess} it is a mistake. */
        SERVER_FILE,
        /** In the server's file outside sections; in {@code .htaccess} it is a mistake. */
        OUTSIDE_SECTIONS
    }

    /** Defines a directive that a {@code .htaccess} may use only with a group. */
    static DirectiveDefinition needs(AllowOverride.Group group, String name, DirectiveAction effect) {
        return partly(group, name, effect, DirectiveAction.NOTHING, node -> true)
                .opensIf(node -> false);
    }

    /** Defines a directive that needs a group only for the part of its effect that does more than restrict. */
    static DirectiveDefinition partly(
            AllowOverride.Group group,
            String name,
            DirectiveAction effect,
            DirectiveAction restriction,
            Predicate<Node> needsPermission) {
        return new DirectiveDefinition(
                name,
                Context.ANYWHERE,
                Optional.of(group),
                node -> true,
                effect,
                restriction,
                needsPermission,
                needsPermission);
    }

    /** Defines a directive that only restricts, and so needs no permission and counts everywhere. */
    static DirectiveDefinition restricting(String name, DirectiveAction effect) {
        return new DirectiveDefinition(
                name, Context.ANYWHERE, Optional.empty(), node -> true, effect, effect, node -> false, node -> false);
    }

    /** Defines a directive that may not stand in {@code .htaccess}. */
    static DirectiveDefinition serverFile(String name, DirectiveAction effect) {
        return new DirectiveDefinition(
                name,
                Context.SERVER_FILE,
                Optional.empty(),
                node -> true,
                effect,
                DirectiveAction.NOTHING,
                node -> false,
                node -> true);
    }

    /** Defines a directive of the whole server. Other packages read it; it has no effect on sections. */
    static DirectiveDefinition outsideSections(String name) {
        return new DirectiveDefinition(
                name,
                Context.OUTSIDE_SECTIONS,
                Optional.empty(),
                node -> true,
                DirectiveAction.NOTHING,
                DirectiveAction.NOTHING,
                node -> false,
                node -> true);
    }

    /** Returns the same definition, for directives that pass a test; others count as unknown. */
    DirectiveDefinition onlyIf(Predicate<Node> test) {
        return new DirectiveDefinition(name, context, group, test, effect, restriction, needsPermission, opens);
    }

    /** Returns the same definition, for directives that may open something if they pass a test. */
    DirectiveDefinition opensIf(Predicate<Node> test) {
        return new DirectiveDefinition(name, context, group, understood, effect, restriction, needsPermission, test);
    }

    /** Returns the same definition, with a part of the effect that counts without permission. */
    DirectiveDefinition restrictingBy(DirectiveAction action) {
        return new DirectiveDefinition(name, context, group, understood, effect, action, needsPermission, opens);
    }
}
