/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.directives.CompiledSection;
import dev.fcgid4j.directives.DirectoryConfig;
import dev.fcgid4j.directives.UrlPaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of one directory: the server's, and for each directory from the root of the file system down the {@code
 * <Directory>} sections that name it and its {@code .htaccess}; and the {@code <Files>} sections collected on the way.
 *
 * <p>What matches many directories or none in particular comes last: {@code <DirectoryMatch>}, then {@code <Files>}, then
 * {@code <Location>}. Each section is applied once.
 *
 * <p>Source: Apache's "How the sections are merged".
 */
final class SectionMerge {

    private final Path directory;
    private final DirectoryConfig rules;
    private final List<CompiledSection.Scope> files;

    private SectionMerge(Path directory, DirectoryConfig rules, List<CompiledSection.Scope> files) {
        this.directory = directory;
        this.rules = rules;
        this.files = files;
    }

    /** Before any directory: the server's own. */
    static SectionMerge server(CompiledSection server) {
        DirectoryConfig rules = DirectoryConfig.initial();
        server.applyTo(rules);
        return new SectionMerge(Path.of("/"), rules, server.files());
    }

    /** One directory further down, where no {@code .htaccess} is read. */
    SectionMerge enter(Path next, CompiledSection server) {
        return entered(next, server);
    }

    /** One directory further down. */
    SectionMerge enter(Path next, CompiledSection server, HtaccessFiles htaccess) {
        SectionMerge entered = entered(next, server);
        Optional<CompiledSection> local = htaccess.read(next, entered.rules.override());
        local.ifPresent(block -> {
            block.applyTo(entered.rules);
            entered.files.addAll(block.files());
        });
        return entered;
    }

    private SectionMerge entered(Path next, CompiledSection server) {
        SectionMerge entered = new SectionMerge(next, rules.copy(), new ArrayList<>(files));
        apply(server.directories(), next.toString(), entered.rules, entered.files);
        return entered;
    }

    private static void apply(
            List<CompiledSection.Scope> sections,
            String path,
            DirectoryConfig rules,
            List<CompiledSection.Scope> files) {
        for (CompiledSection.Scope section : sections) {
            if (section.applies().test(path)) {
                section.section().applyTo(rules);
                files.addAll(section.section().files());
            }
        }
    }

    /** The rules of the directory itself. */
    DirectoryConfig forDirectory(UrlPaths asked, CompiledSection server) {
        DirectoryConfig result = rules.copy();
        apply(server.directoryMatches(), directory.toString(), result, new ArrayList<>());
        CompiledSection.apply(server.locations(), asked.url(), result);
        return result;
    }

    /** The rules of a file in it. */
    DirectoryConfig forFile(String name, UrlPaths asked, CompiledSection server) {
        DirectoryConfig result = rules.copy();
        List<CompiledSection.Scope> all = new ArrayList<>(files);
        apply(server.directoryMatches(), directory.toString(), result, all);
        CompiledSection.apply(all, name, result);
        CompiledSection.apply(server.locations(), asked.url(), result);
        return result;
    }
}
