/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rules of one directory: the server's, its {@code <Directory>} sections, and the {@code .htaccess} files from the
 * root down, merged; and the {@code <Files>} sections collected on the way, which come after all of them.
 *
 * <p>Source: Apache's order of merging: Directory and .htaccess, then Files, then Location.
 */
final class DirectoryRules {

    private final Rules rules;
    private final List<Block.Scope> files;

    private DirectoryRules(Rules rules, List<Block.Scope> files) {
        this.rules = rules;
        this.files = files;
    }

    /** Before any directory: the server's own. */
    static DirectoryRules server(Block server) {
        Rules rules = new Rules();
        rules.handlerBySuffix.put(".fcgi", Rules.FCGID);
        server.applyTo(rules);
        return new DirectoryRules(rules, server.files());
    }

    /** One directory further down. */
    DirectoryRules enter(Path directory, Block server, HtaccessFiles htaccess) {
        Rules next = rules.copy();
        List<Block.Scope> collected = new ArrayList<>(files);
        for (Block.Scope scope : server.directories()) {
            if (scope.applies().test(directory.toString())) {
                scope.block().applyTo(next);
                scope.block().files().stream()
                        .filter(f -> !collected.contains(f))
                        .forEach(collected::add);
            }
        }
        Optional<Block> local = htaccess.read(directory, next.override);
        local.ifPresent(block -> {
            block.applyTo(next);
            collected.addAll(block.files());
        });
        return new DirectoryRules(next, collected);
    }

    /** The rules of the directory itself. */
    Rules rules() {
        return rules;
    }

    /** The rules of a file in it, asked for under a URL path. */
    Rules forFile(String name, String urlPath, Block server) {
        Rules result = rules.copy();
        Block.apply(files, name, result);
        Block.apply(server.locations(), urlPath, result);
        return result;
    }
}
