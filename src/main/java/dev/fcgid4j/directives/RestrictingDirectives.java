/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Directives that ask for a check which is not done here and so deny everything, and {@code php_flag engine}. Stateless.
 */
final class RestrictingDirectives {

    private RestrictingDirectives() {}

    /** {@code SSLRequireSSL}, {@code SSLRequire}: deny, because the scheme of a request is not known here. */
    static void requireTls(Node directive, SectionBuilder section, ConfigSource source) {
        denyAll(directive, "the scheme of a request is not known here", section, source);
    }

    /** {@code SSLVerifyClient}: denies if a certificate is required, because the scheme of a request is not known here. */
    static void requireCertificate(Node directive, SectionBuilder section, ConfigSource source) {
        if (Arguments.one(directive).equalsIgnoreCase("require")) {
            requireTls(directive, section, source);
        }
    }

    /** {@code Satisfy}: no effect. */
    static void satisfy(Node directive, SectionBuilder section, ConfigSource source) {
        String word = Arguments.one(directive);
        if (!word.equalsIgnoreCase("all") && !word.equalsIgnoreCase("any")) {
            throw directive.mistake("expected All or Any, found " + word);
        }
    }

    /** A directive without effect that has one argument. */
    static void oneArgument(Node directive, SectionBuilder section, ConfigSource source) {
        Arguments.one(directive);
    }

    /** A directive without effect that has arguments. */
    static void someArguments(Node directive, SectionBuilder section, ConfigSource source) {
        Arguments.atLeast(directive, 1, "an argument");
    }

    /**
     * {@code FcgidAuthorizer} and its like: in {@code .htaccess} they deny, in the server's file they are a mistake,
     * because no program decides about access here.
     */
    static void authorizer(Node directive, SectionBuilder section, ConfigSource source) {
        if (source.isServer()) {
            throw directive.mistake("programs that decide about access are not supported;"
                    + " deny with Require all denied, or let the application itself decide, and remove this line");
        }
        denyAll(directive, "programs that decide about access are not supported", section, source);
    }

    /** Denies all requests for a section, and says why. Nothing further down lifts that. */
    static void denyAll(Node node, String reason, SectionBuilder section, ConfigSource source) {
        source.warn(node.place() + ": " + node.name() + ": " + reason + ", so everything here is denied");
        section.addChange(config -> config.denyAll("denied by " + node.place()));
    }

    /** Returns whether {@code php_flag} is about the engine; other flags have no meaning here. */
    static boolean isEngine(Node directive) {
        return !directive.args().isEmpty() && directive.args().get(0).equalsIgnoreCase("engine");
    }

    /** Returns whether {@code php_flag} switches the engine off, so that no script may run. */
    static boolean isEngineOff(Node directive) {
        return isEngine(directive)
                && directive.args().size() == 2
                && switch (directive.args().get(1).toLowerCase(Locale.ROOT)) {
                    case "off", "0", "false", "no" -> true;
                    default -> false;
                };
    }

    /** {@code php_flag engine}: allows or forbids scripts. */
    static Consumer<DirectoryConfig> engine(Node directive) {
        boolean off = isEngineOff(directive);
        return config -> config.engineOff = off;
    }

    /** {@code php_flag engine}, if it forbids scripts. */
    static Consumer<DirectoryConfig> engineOff(Node directive) {
        boolean off = isEngineOff(directive);
        return config -> config.engineOff |= off;
    }
}
