/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Resolves {@code <IfModule>}, {@code <IfVersion>} and {@code <IfDefine>}, before a configuration is read or compiled.
 *
 * <p>Contract: a section whose condition is true is replaced by its content. A section that is false because something is
 * present here is removed. A section that is false because something is absent stays as it is: its author may have meant
 * to forbid something, so {@link UnresolvedSections} compiles what it forbids. A section that is true because something is
 * absent ({@code <IfModule !mod_headers.c>}) stays as well: it may be false in httpd, so it opens nothing. Only the
 * settings of the whole server leave it. Resolving twice is the same as resolving once.
 *
 * <p>Threading: stateless. Source: httpd's core and mod_version.
 */
public final class ConditionalSections {

    /** Modules whose directives are understood here, by both names that {@code <IfModule>} tests; case counts. */
    private static final Set<String> MODULES = Set.of(
            "core.c",
            "core_module",
            "http_core.c",
            "http_module",
            "mod_fcgid.c",
            "fcgid_module",
            "mod_authz_core.c",
            "authz_core_module",
            "mod_authz_host.c",
            "authz_host_module",
            "mod_access_compat.c",
            "access_compat_module",
            "mod_dir.c",
            "dir_module",
            "mod_mime.c",
            "mime_module",
            "mod_alias.c",
            "alias_module",
            "mod_env.c",
            "env_module",
            "mod_version.c",
            "version_module");

    private final Consumer<String> warnings;

    private ConditionalSections(Consumer<String> warnings) {
        this.warnings = warnings;
    }

    /**
     * Returns the nodes with their conditions resolved.
     *
     * @param warnings receives a line of text for each
     * @throws ConfigurationException for a line that counts and can't be parsed, and for a condition without a name
     */
    public static List<Node> resolve(List<Node> nodes, Consumer<String> warnings) {
        List<Node> resolved = new ArrayList<>();
        new ConditionalSections(warnings).resolve(nodes, true, resolved);
        return resolved;
    }

    private void resolve(List<Node> nodes, boolean counts, List<Node> into) {
        for (Node node : nodes) {
            if (node instanceof Node.Unreadable unreadable) {
                if (counts) {
                    throw new ConfigurationException(unreadable.error());
                }
            } else if (node instanceof Node.Section section) {
                section(section, counts, into);
            } else {
                into.add(node);
            }
        }
    }

    private void section(Node.Section section, boolean counts, List<Node> into) {
        boolean conditional =
                switch (section.key()) {
                    case "ifmodule", "ifversion", "ifdefine" -> true;
                    default -> false;
                };
        Condition condition = conditional ? condition(section) : Condition.TRUE;
        if (condition == Condition.FALSE) {
            return;
        }
        if (conditional && condition == Condition.TRUE) {
            resolve(section.children(), counts, into);
            return;
        }
        List<Node> children = new ArrayList<>();
        resolve(section.children(), counts && condition != Condition.ABSENT, children);
        if (condition == Condition.LIKELY) {
            children.stream().filter(ConditionalSections::isServerSetting).forEach(into::add);
            children.removeIf(ConditionalSections::isServerSetting);
        }
        into.add(new Node.Section(section.name(), section.args(), children, section.closed(), section.place()));
    }

    private static boolean isServerSetting(Node node) {
        if (!(node instanceof Node.Directive)) {
            return false;
        }
        return switch (node.key()) {
            case "documentroot", "listen", "servername" -> true;
            default -> DirectiveTable.find(node).isEmpty(); // the settings, and names that are reported as unknown
        };
    }

    /** The value of a condition. */
    private enum Condition {
        TRUE,
        FALSE,
        /** The condition is false because something is absent, or not known. */
        ABSENT,
        /** The condition is true because something is absent. */
        LIKELY
    }

    /** Returns whether a section that {@link #resolve} has left is true because something is absent. */
    static boolean isLikely(Node.Section section) {
        return switch (section.key()) {
            case "ifmodule", "ifdefine" ->
                section.args().size() == 1 && section.args().get(0).startsWith("!");
            default -> false;
        };
    }

    private Condition condition(Node.Section section) {
        return switch (section.key()) {
            case "ifmodule" -> module(section);
            case "ifversion" ->
                ApacheVersion.fits(section.args())
                        .map(fits -> fits ? Condition.TRUE : Condition.FALSE)
                        .orElse(Condition.ABSENT);
            default -> name(section).startsWith("!") ? Condition.LIKELY : Condition.ABSENT;
        };
    }

    private Condition module(Node.Section section) {
        String name = name(section);
        boolean negated = name.startsWith("!");
        String module = negated ? name.substring(1) : name;
        if (MODULES.contains(module)) {
            return negated ? Condition.FALSE : Condition.TRUE;
        }
        if (module.startsWith("mod_rewrite") || module.equals("rewrite_module")) {
            warnings.accept(section.place() + ": mod_rewrite is not supported, so only refusals in this section count;"
                    + " for a front controller use FallbackResource /index.php");
        }
        return negated ? Condition.LIKELY : Condition.ABSENT;
    }

    private static String name(Node.Section section) {
        return Optional.of(section.args())
                .filter(args -> args.size() == 1)
                .map(args -> args.get(0))
                .orElseThrow(() -> section.mistake("expected one name, such as mod_fcgid.c"));
    }
}
