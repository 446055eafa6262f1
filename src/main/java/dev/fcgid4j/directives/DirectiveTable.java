/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static dev.fcgid4j.directives.DirectiveAction.NOTHING;
import static dev.fcgid4j.directives.DirectiveAction.change;
import static dev.fcgid4j.directives.DirectiveDefinition.needs;
import static dev.fcgid4j.directives.DirectiveDefinition.outsideSections;
import static dev.fcgid4j.directives.DirectiveDefinition.partly;
import static dev.fcgid4j.directives.DirectiveDefinition.restricting;
import static dev.fcgid4j.directives.DirectiveDefinition.serverFile;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.directives.AllowOverride.Group;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All directives that may stand in sections or {@code .htaccess}: for each its name, where it may stand, the
 * AllowOverride group it needs, and its effect. The limits of the whole server are not here; the base package reads them.
 *
 * <p>Stateless. Documented in docs/configuration.md, which a test compares with this table.
 */
final class DirectiveTable {

    private static final List<DirectiveDefinition> ALL = List.of(
            // ---- which files are run ----
            needs(Group.HANDLERS, "SetHandler", change(HandlerDirectives::setHandler))
                    .restrictingBy(change(HandlerDirectives::protect))
                    .opensIf(HandlerDirectives::opens),
            needs(Group.HANDLERS, "AddHandler", HandlerDirectives::addHandler)
                    .restrictingBy(change(HandlerDirectives::protect))
                    .opensIf(HandlerDirectives::opens),
            needs(Group.HANDLERS, "RemoveHandler", HandlerDirectives::removeHandler)
                    .opensIf(node -> true),
            restricting("AddType", change(HandlerDirectives::addType)).onlyIf(HandlerDirectives::isProgramType),
            restricting("ForceType", change(HandlerDirectives::forceType)).onlyIf(HandlerDirectives::isProgramType),
            partly(
                    Group.OPTIONS,
                    "Options",
                    change(OptionDirectives::all),
                    change(OptionDirectives::restricting),
                    OptionDirectives::grants),
            partly(
                    Group.HANDLERS,
                    "AcceptPathInfo",
                    change(HandlerDirectives::acceptPathInfo),
                    change(HandlerDirectives::refusePathInfo),
                    node -> !HandlerDirectives.isPathInfoOff(node)),
            phpFlag("php_flag"),
            phpFlag("php_admin_flag"),

            // ---- with which command, environment and headers ----
            needs(Group.COMMANDS, "FcgidWrapper", change(CommandDirectives::wrapper)),
            needs(Group.COMMANDS, "FCGIWrapper", change(CommandDirectives::wrapper)),
            needs(Group.COMMANDS, "FcgidInitialEnv", change(CommandDirectives::initialEnvironment)),
            needs(Group.COMMANDS, "DefaultInitEnv", change(CommandDirectives::initialEnvironment)),
            needs(Group.COMMANDS, "SetEnv", change(CommandDirectives::setEnv)),
            needs(Group.COMMANDS, "UnsetEnv", change(CommandDirectives::unsetEnv)),
            needs(Group.COMMANDS, "FcgidPassHeader", change(CommandDirectives::passHeader)),
            needs(Group.COMMANDS, "PassHeader", change(CommandDirectives::passHeader)),
            needs(Group.COMMANDS, "CGIPassAuth", change(CommandDirectives::passAuthorization)),

            // ---- which changed files replace it ----
            needs(Group.COMMANDS, "FcgidReloadTrigger", change(ChangeDirectives::reloadTrigger)),
            needs(Group.COMMANDS, "FcgidWatch", change(ChangeDirectives::watch)),
            needs(Group.COMMANDS, "FcgidReplace", change(ChangeDirectives::replace)),
            needs(Group.COMMANDS, "FcgidWarmup", change(ChangeDirectives::warmup)),
            needs(Group.COMMANDS, "FcgidCanary", change(ChangeDirectives::canary)),

            // ---- what answers for directories and missing files ----
            needs(Group.INDEXES, "DirectoryIndex", IndexDirectives::directoryIndex),
            needs(Group.INDEXES, "FallbackResource", change(IndexDirectives::fallbackResource)),

            // ---- access control ----
            access(Group.ACCESS, "Require"),
            access(Group.ACCESS, "AuthMerging"),
            access(Group.LIMIT, "Order"),
            access(Group.LIMIT, "Allow"),
            access(Group.LIMIT, "Deny"),
            // These six only matter beside a Require that can't be evaluated, and that denies.
            restricting("Satisfy", RestrictingDirectives::satisfy),
            restricting("AuthType", RestrictingDirectives::oneArgument),
            restricting("AuthName", RestrictingDirectives::oneArgument),
            restricting("AuthUserFile", RestrictingDirectives::oneArgument),
            restricting("AuthGroupFile", RestrictingDirectives::oneArgument),
            restricting("AuthBasicProvider", RestrictingDirectives::someArguments),
            restricting("SSLVerifyClient", RestrictingDirectives::requireCertificate),
            restricting("SSLRequireSSL", RestrictingDirectives::requireTls),
            restricting("SSLRequire", RestrictingDirectives::requireTls),
            restricting("FcgidAccessChecker", RestrictingDirectives::authorizer),
            restricting("FcgidAuthenticator", RestrictingDirectives::authorizer),
            restricting("FcgidAuthorizer", RestrictingDirectives::authorizer),
            restricting("FastCgiAccessChecker", RestrictingDirectives::authorizer),
            restricting("FastCgiAuthenticator", RestrictingDirectives::authorizer),
            restricting("FastCgiAuthorizer", RestrictingDirectives::authorizer),
            // Switches of the authorizers above.
            restricting("FcgidAccessCheckerAuthoritative", NOTHING),
            restricting("FcgidAuthenticatorAuthoritative", NOTHING),
            restricting("FcgidAuthorizerAuthoritative", NOTHING),

            // ---- refusals by URL ----
            restricting("Redirect", RedirectDirectives::compile),
            restricting("RedirectMatch", RedirectDirectives::compile),
            restricting("RedirectPermanent", RedirectDirectives::compile),
            restricting("RedirectTemp", RedirectDirectives::compile),
            restricting("RewriteEngine", (node, section, source) -> section.rewrites()
                    .engine(node)),
            restricting(
                    "RewriteCond", (node, section, source) -> section.rewrites().condition()),
            restricting(
                    "RewriteRule", (node, section, source) -> section.rewrites().rule(node, source)),
            // These two only matter for rules that rewrite.
            restricting("RewriteBase", NOTHING),
            restricting("RewriteOptions", NOTHING),

            // ---- the server's file only ----
            serverFile("AllowOverride", change(AllowOverride::change)),
            serverFile("FcgidWeight", change(CommandDirectives::weight)),
            outsideSections("DocumentRoot"),
            outsideSections("Listen"),
            outsideSections("ServerName"),
            outsideSections("Alias"),
            outsideSections("ScriptAlias"));

    private static final Map<String, DirectiveDefinition> BY_KEY = ALL.stream()
            .collect(Collectors.toUnmodifiableMap(row -> row.name().toLowerCase(Locale.ROOT), Function.identity()));

    private DirectiveTable() {}

    private static DirectiveDefinition access(Group group, String name) {
        // AccessDirectives itself asks whether the file may lift a denial.
        DirectiveAction take = (node, section, source) -> section.access().take(node);
        return partly(group, name, take, take, node -> false);
    }

    private static DirectiveDefinition phpFlag(String name) {
        return partly(
                        Group.OPTIONS,
                        name,
                        change(RestrictingDirectives::engine),
                        change(RestrictingDirectives::engineOff),
                        node -> !RestrictingDirectives.isEngineOff(node))
                .onlyIf(RestrictingDirectives::isEngine);
    }

    /** Returns all rows, grouped by subject. */
    static List<DirectiveDefinition> all() {
        return ALL;
    }

    /** Returns the definition of a directive; empty if its name, or its arguments, have no meaning here. */
    static Optional<DirectiveDefinition> find(Node directive) {
        return Optional.ofNullable(BY_KEY.get(directive.key()))
                .filter(row -> row.understood().test(directive));
    }
}
