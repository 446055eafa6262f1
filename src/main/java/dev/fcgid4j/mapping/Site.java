/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ShareGroup;
import dev.fcgid4j.config.Node;
import dev.fcgid4j.directives.CompiledSection;
import dev.fcgid4j.directives.ConditionalSections;
import dev.fcgid4j.directives.DirectiveCompiler;
import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Path;
import java.util.List;

/**
 * One site: its aliases and its compiled configuration. This is what a virtual host will have of its own.
 *
 * <p>Immutable while the server runs; the {@code .htaccess} files on disk are not part of it.
 *
 * @param aliases the longest prefix first; the document root is the last
 * @param server the server's configuration file
 * @param htaccess reads the {@code .htaccess} files
 * @param limits of every application
 */
record Site(List<Alias> aliases, CompiledSection server, HtaccessFiles htaccess, ClassLimits limits) {

    /**
     * Compiles settings.
     *
     * @throws ConfigurationException with file and line of a mistake
     */
    static Site of(MappingSettings settings) {
        HtaccessFiles htaccess = new HtaccessFiles();
        List<Node> directives = ConditionalSections.resolve(settings.directives(), htaccess::warn);
        CompiledSection server = DirectiveCompiler.server(directives, settings.documentRoot(), htaccess::warn);
        List<Alias> aliases = Alias.of(settings.documentRoot(), directives);
        FileNames.checkEncoding(htaccess::warn);
        return new Site(aliases, server, htaccess, settings.limits());
    }

    /** Returns the group in which the site's applications share processes. */
    ShareGroup group() {
        return ShareGroup.ofSite(documentRoot().toString());
    }

    /** Returns the directory that answers for URLs that no alias covers. */
    Path documentRoot() {
        return aliases.get(aliases.size() - 1).directory();
    }

    /** Returns the alias that answers for a path: the one with the longest prefix. */
    Alias aliasFor(RequestPath path) {
        return aliases.stream()
                .filter(alias -> alias.covers(path.segments()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the document root covers everything"));
    }

    /** Returns whether {@code .htaccess} files are read in a directory: it is served, or lies in a served one. */
    boolean serves(Path directory) {
        return aliases.stream().anyMatch(alias -> directory.startsWith(alias.directory()));
    }
}
