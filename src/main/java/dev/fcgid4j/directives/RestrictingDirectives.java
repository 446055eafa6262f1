/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What forbids: directives that need no permission because they only ever restrict, and all that sections deny whose
 * condition can't be evaluated.
 *
 * <p>Threading: one thread, one use for each file.
 */
final class RestrictingDirectives {

    private final boolean server;
    private final Consumer<String> warnings;
    private boolean hinted;

    RestrictingDirectives(boolean server, Consumer<String> warnings) {
        this.server = server;
        this.warnings = warnings;
    }

    /** Takes a directive if it can only restrict. */
    boolean take(Node.Directive directive, SectionBuilder parts) {
        return take(directive, parts, this::passOver);
    }

    private boolean take(Node.Directive directive, SectionBuilder parts, Consumer<Node> passedOver) {
        if (parts.rewrites.take(directive, passedOver)) {
            return true;
        }
        switch (directive.key()) {
            case "redirect", "redirectmatch", "redirectpermanent", "redirecttemp" ->
                RedirectDirectives.refusal(directive)
                        .ifPresentOrElse(
                                refusal -> parts.changes.add(rules -> rules.refusals.add(refusal)),
                                () -> passedOver.accept(directive));
            case "addtype", "forcetype" -> {
                Optional<Consumer<DirectoryConfig>> change = HandlerDirectives.programType(directive);
                change.ifPresent(parts.changes::add);
                return change.isPresent();
            }
            case "sslrequiressl", "sslrequire" ->
                bar(directive, "whether a request came over TLS can't be told here", parts);
            case "fcgidaccesschecker",
                    "fcgidauthenticator",
                    "fcgidauthorizer",
                    "fastcgiaccesschecker",
                    "fastcgiauthenticator",
                    "fastcgiauthorizer" -> authorizer(directive, parts);
            case "fcgidaccesscheckerauthoritative",
                    "fcgidauthenticatorauthoritative",
                    "fcgidauthorizerauthoritative" -> {
                // means something only beside one of those
            }
            default -> {
                return engine(directive, parts);
            }
        }
        return true;
    }

    private void authorizer(Node directive, SectionBuilder parts) {
        if (server) {
            throw directive.mistake("programs that decide about access are not supported;"
                    + " deny with Require all denied, or let the application itself decide, and remove this line");
        }
        bar(directive, "programs that decide about access are not supported here", parts);
    }

    /** {@code php_flag engine off}: no script runs. */
    private static boolean engine(Node directive, SectionBuilder parts) {
        boolean flag = directive.key().equals("php_flag") || directive.key().equals("php_admin_flag");
        if (!flag
                || directive.args().size() != 2
                || !directive.args().get(0).equalsIgnoreCase("engine")
                || !isOff(directive.args().get(1))) {
            return false;
        }
        parts.changes.add(rules -> rules.engineOff = true);
        return true;
    }

    private static boolean isOff(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "off", "0", "false", "no" -> true;
            default -> false;
        };
    }

    private void bar(Node node, String why, SectionBuilder parts) {
        warnings.accept(node.place() + ": " + node.name() + ": " + why + ", so everything here is denied");
        parts.changes.add(rules -> rules.barred = Optional.of("denied by " + node.place()));
    }

    /** One hint for all lines of a file that lead elsewhere. */
    private void passOver(Node node) {
        boolean rewrite = node.key().startsWith("rewrite");
        String what = node.place() + ": " + node.name()
                + (rewrite
                        ? " counts only if it refuses, without a condition; for a front controller say"
                                + " FallbackResource /index.php"
                        : " counts only if it refuses (403, 404, 410 …)");
        if (server) {
            throw new ConfigurationException(what);
        }
        if (!hinted) {
            hinted = true;
            warnings.accept(what + "; this and its like are passed over");
        }
    }

    /** Takes from a section whose condition is unknown what it forbids; what it allows is passed over. */
    void only(Node.Section section, SectionBuilder parts) {
        AccessDirectives access = new AccessDirectives(warnings);
        for (Node child : section.children()) {
            if (access.take(child)) {
                continue;
            }
            if (child instanceof Node.Section inner) {
                inner(inner, parts);
            } else if (child instanceof Node.Directive directive) {
                if (directive.key().equals("options")) {
                    parts.changes.add(OptionDirectives.restricting(directive));
                } else {
                    takeIfClear(directive, parts);
                }
            }
        }
        if (access.denies()) {
            bar(section, "whether it applies can't be told here", parts);
        }
    }

    private void takeIfClear(Node.Directive directive, SectionBuilder parts) {
        try {
            take(directive, parts, passedOver -> {});
        } catch (ConfigurationException e) {
            // In Apache nobody would have looked at it, so it is no reason to deny or to refuse to start.
            warnings.accept(e.getMessage() + "; passed over in a section that may not count");
        }
    }

    private void inner(Node.Section section, SectionBuilder parts) {
        switch (section.key()) {
            case "files", "filesmatch" -> parts.addFiles(section, inside -> only(section, inside), false, warnings);
            case "directory", "directorymatch", "location", "locationmatch" -> {
                SectionBuilder inside = new SectionBuilder(parts.where, RewriteDirectives.ofAnything(), warnings);
                only(section, inside);
                parts.addScope(section, inside.build(false));
            }
            default -> only(section, parts);
        }
    }
}
