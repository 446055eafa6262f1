/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

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
final class DirectoryRules {

    private final Path directory;
    private final Rules rules;
    private final List<Block.Scope> files;

    private DirectoryRules(Path directory, Rules rules, List<Block.Scope> files) {
        this.directory = directory;
        this.rules = rules;
        this.files = files;
    }

    /** Before any directory: the server's own. */
    static DirectoryRules server(Block server) {
        Rules rules = new Rules();
        rules.handlerBySuffix.put(".fcgi", Rules.FCGID);
        server.applyTo(rules);
        return new DirectoryRules(Path.of("/"), rules, server.files());
    }

    /** One directory further down, where no {@code .htaccess} is read. */
    DirectoryRules enter(Path next, Block server) {
        return entered(next, server);
    }

    /** One directory further down. */
    DirectoryRules enter(Path next, Block server, HtaccessFiles htaccess) {
        DirectoryRules entered = entered(next, server);
        Optional<Block> local = htaccess.read(next, entered.rules.override);
        local.ifPresent(block -> {
            block.applyTo(entered.rules);
            entered.files.addAll(block.files());
        });
        return entered;
    }

    private DirectoryRules entered(Path next, Block server) {
        DirectoryRules entered = new DirectoryRules(next, rules.copy(), new ArrayList<>(files));
        apply(server.directories(), next.toString(), entered.rules, entered.files);
        return entered;
    }

    private static void apply(List<Block.Scope> sections, String path, Rules rules, List<Block.Scope> files) {
        for (Block.Scope section : sections) {
            if (section.applies().test(path)) {
                section.block().applyTo(rules);
                files.addAll(section.block().files());
            }
        }
    }

    /** The rules of the directory itself. */
    Rules forDirectory(Asked asked, Block server) {
        Rules result = rules.copy();
        apply(server.directoryMatches(), directory.toString(), result, new ArrayList<>());
        Block.apply(server.locations(), asked.url(), result);
        return result;
    }

    /** The rules of a file in it. */
    Rules forFile(String name, Asked asked, Block server) {
        Rules result = rules.copy();
        List<Block.Scope> all = new ArrayList<>(files);
        apply(server.directoryMatches(), directory.toString(), result, all);
        Block.apply(all, name, result);
        Block.apply(server.locations(), asked.url(), result);
        return result;
    }
}
