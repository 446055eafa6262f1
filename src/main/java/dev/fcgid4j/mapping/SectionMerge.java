/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.directives.CompiledSection;
import dev.fcgid4j.directives.DirectoryConfig;
import dev.fcgid4j.directives.UrlPaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The configuration merged so far on the way down to a directory.
 *
 * <p>Order, the later over the earlier: the server's file outside sections; for each directory, from the root of the file
 * system down, the {@code <Directory>} sections that name it and then its {@code .htaccess}; {@code <DirectoryMatch>} of
 * the last directory; the {@code <Files>} sections collected on the way; {@code <Location>}. Each section is applied once.
 *
 * <p>Immutable. Source: Apache's "How the sections are merged".
 */
final class SectionMerge {

    private final CompiledSection server;
    private final Path directory;
    private final DirectoryConfig config;
    private final List<CompiledSection.Scope> files;

    private SectionMerge(
            CompiledSection server, Path directory, DirectoryConfig config, List<CompiledSection.Scope> files) {
        this.server = server;
        this.directory = directory;
        this.config = config;
        this.files = files;
    }

    /** Begins above all directories, with the server's own configuration. */
    static SectionMerge of(CompiledSection server) {
        DirectoryConfig config = DirectoryConfig.initial();
        server.applyTo(config);
        return new SectionMerge(server, Path.of("/"), config, server.files());
    }

    /** Enters a directory where no {@code .htaccess} is read. */
    SectionMerge enter(Path child) {
        SectionMerge entered = new SectionMerge(server, child, config.copy(), new ArrayList<>(files));
        apply(server.directories(), child, entered.config, entered.files);
        return entered;
    }

    /** Enters a directory and applies its {@code .htaccess}. */
    SectionMerge enter(Path child, HtaccessFiles htaccess) {
        SectionMerge entered = enter(child);
        htaccess.read(child, entered.config.override()).ifPresent(section -> {
            section.applyTo(entered.config);
            entered.files.addAll(section.files());
        });
        return entered;
    }

    /** Applies the sections that match a directory, and collects their {@code <Files>} sections. */
    private static void apply(
            List<CompiledSection.Scope> scopes, Path path, DirectoryConfig config, List<CompiledSection.Scope> files) {
        for (CompiledSection.Scope scope : scopes) {
            if (scope.applies().test(path.toString())) {
                scope.section().applyTo(config);
                files.addAll(scope.section().files());
            }
        }
    }

    /** Returns the configuration of the directory itself. */
    DirectoryConfig forDirectory(UrlPaths request) {
        DirectoryConfig result = config.copy();
        apply(server.directoryMatches(), directory, result, new ArrayList<>());
        CompiledSection.apply(server.locations(), request.url(), result);
        return result;
    }

    /** Returns the configuration of a file in the directory. */
    DirectoryConfig forFile(String name, UrlPaths request) {
        DirectoryConfig result = config.copy();
        List<CompiledSection.Scope> all = new ArrayList<>(files);
        apply(server.directoryMatches(), directory, result, all);
        CompiledSection.apply(all, name, result);
        CompiledSection.apply(server.locations(), request.url(), result);
        return result;
    }
}
