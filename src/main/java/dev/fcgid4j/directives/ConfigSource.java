/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.config.Node;
import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The file that is being compiled: which directives it may use, where its relative paths begin, and how its mistakes are
 * reported. In the server's file an unknown directive is a mistake; in {@code .htaccess} it is a warning.
 *
 * <p>Threading: one thread, one object for each file.
 */
final class ConfigSource {

    private final boolean server;
    private final AllowOverride override;
    private final Path base;
    private final Consumer<String> warnings;
    private final boolean opensNothing;
    private boolean reportsIgnored;

    private ConfigSource(
            boolean server,
            AllowOverride override,
            Path base,
            Consumer<String> warnings,
            boolean opensNothing,
            boolean reportsIgnored) {
        this.server = server;
        this.opensNothing = opensNothing;
        this.override = override;
        this.base = base;
        this.warnings = warnings;
        this.reportsIgnored = reportsIgnored;
    }

    /** Describes the server's configuration file. */
    static ConfigSource server(Path documentRoot, Consumer<String> warnings) {
        return new ConfigSource(true, AllowOverride.NONE, documentRoot, warnings, false, true);
    }

    /** Describes the {@code .htaccess} file of a directory. */
    static ConfigSource htaccess(AllowOverride override, Path directory, Consumer<String> warnings) {
        return new ConfigSource(false, override, directory, warnings, false, true);
    }

    /** Returns the same file without the right to open anything, because the end of a section in it is a guess. */
    ConfigSource opensNothing() {
        return new ConfigSource(server, override, base, warnings, true, reportsIgnored);
    }

    /** Returns the same file, for a section that may not count: what {@link #ignored} reports is not reported there. */
    ConfigSource quiet() {
        return new ConfigSource(server, override, base, warnings, opensNothing, false);
    }

    boolean isServer() {
        return server;
    }

    /** The directory where relative paths begin. */
    Path base() {
        return base;
    }

    Consumer<String> warnings() {
        return warnings;
    }

    void warn(String warning) {
        warnings.accept(warning);
    }

    /** Returns whether the file may use a group of directives. */
    boolean allows(AllowOverride.Group group) {
        return server || override.allows(group);
    }

    /** Returns whether a directive of a group of access control may lift a denial. */
    boolean mayLift(AllowOverride.Group group) {
        return allows(group) && !opensNothing;
    }

    /** Warns that the file may not use a directive. */
    void warnNotAllowed(Node directive, AllowOverride.Group group) {
        warn(directive.place() + ": " + directive.name() + " is not allowed in this .htaccess and is ignored;"
                + " AllowOverride " + group.word() + " in the server's configuration permits it");
    }

    /** Returns whether a directive has its whole effect in this file. */
    boolean permits(DirectiveDefinition row, Node directive) {
        return row.group().map(this::allows).orElse(true)
                && !(opensNothing && row.opens().test(directive));
    }

    /**
     * Reports a directive or section that is not known. In {@code .htaccess} a directive of httpd that refuses nothing is
     * passed over; any other name may be a slip in a line that denies.
     *
     * @throws ConfigurationException unless the directive is passed over
     */
    void unknown(Node node) {
        String what = node.place() + ": " + node.name() + " is not known"
                + (node.key().startsWith("fcgid")
                        ? " here (the limits hold for the whole server, outside sections)"
                        : "");
        if (server) {
            throw new ConfigurationException(what + "; see docs/configuration.md for those that are");
        }
        if (node instanceof Node.Section || !KnownNames.mayBePassedOver(node.key())) {
            throw new ConfigurationException(
                    what + ", so it may be a slip in a line that denies; correct or remove it");
        }
        warn(what + " and is ignored");
    }

    /** Reports a redirect or rewrite that does not refuse and is therefore ignored; in {@code .htaccess} only the first. */
    void ignored(Node node) {
        if (!reportsIgnored) {
            return;
        }
        String what = node.place() + ": " + node.name()
                + (node.key().startsWith("rewrite")
                        ? " counts only if it refuses and has no condition; for a front controller use"
                                + " FallbackResource /index.php"
                        : " counts only if it refuses (403, 404, 410 …)");
        if (server) {
            throw new ConfigurationException(what);
        }
        reportsIgnored = false;
        warn(what + "; this line and similar ones are ignored");
    }
}
