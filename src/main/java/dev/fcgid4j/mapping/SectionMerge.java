/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.directives.CompiledSection;
import dev.fcgid4j.directives.DirectoryConfig;
import dev.fcgid4j.directives.LinkPolicy;
import dev.fcgid4j.directives.UrlPaths;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The configuration merged so far on the way down to a directory.
 *
 * <p>Order, the later over the earlier: the server's file outside sections; for each directory, from the root of the file
 * system down, the {@code <Directory>} sections that name it and then its {@code .htaccess}; {@code <Directory>} sections
 * that name the file; {@code <DirectoryMatch>}; the {@code <Files>} sections collected on the way; {@code <Location>}. Each
 * section is applied once.
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
                apply(scope, true, config, files);
            }
        }
    }

    /** Returns which symbolic links in the directory are followed. */
    LinkPolicy links() {
        return config.links();
    }

    /**
     * Returns the configuration of the directory itself.
     *
     * @param slash whether it is asked for with its final slash; then {@code <Files>} sees an empty name
     */
    DirectoryConfig forDirectory(boolean slash, UrlPaths request) {
        DirectoryConfig result = config.copy();
        List<CompiledSection.Scope> all = new ArrayList<>(files);
        Path last = directory.getFileName();
        boolean root = last == null;
        applyMatches(slash && !root ? directory + "/" : directory.toString(), directory.toString(), result, all);
        CompiledSection.apply(all, slash || root ? "" : last.toString(), result);
        CompiledSection.apply(server.locations(), request.url(), result);
        return result;
    }

    /** How a request leads to a file. */
    enum Access {
        /** By its name: then httpd tries {@code <Directory>} on the path of the file too, where links are followed. */
        NAMED,
        /** By its name with more behind it, or the file is missing. */
        BELOW,
        /** As the index file of a directory: httpd keeps the configuration of the directory, and tries no file path. */
        INDEX
    }

    /** Returns the configuration of a file in the directory. A section on a path that httpd does not try only restricts. */
    DirectoryConfig forFile(Path file, Access access, UrlPaths request) {
        DirectoryConfig result = config.copy();
        List<CompiledSection.Scope> all = new ArrayList<>(files);
        boolean seen = access == Access.NAMED && result.links().followsAll();
        for (CompiledSection.Scope scope : server.directories()) {
            if (scope.applies().test(file.toString())) {
                apply(scope, seen, result, all);
            }
        }
        if (access == Access.INDEX) {
            applyMatches(directory + "/", file.toString(), result, all);
        } else {
            applyMatches(file.toString(), directory.toString(), result, all);
        }
        CompiledSection.apply(all, file.getFileName().toString(), result);
        CompiledSection.apply(server.locations(), request.url(), result);
        return result;
    }

    /**
     * Applies {@code <DirectoryMatch>} sections. A section that does not match the path that httpd tries, but another path
     * or the directory, was probably meant for the file; so it restricts.
     */
    private void applyMatches(String path, String other, DirectoryConfig result, List<CompiledSection.Scope> all) {
        for (CompiledSection.Scope scope : server.directoryMatches()) {
            Predicate<String> matches = scope.applies();
            if (matches.test(path)) {
                apply(scope, true, result, all);
            } else if (matches.test(other) || matches.test(directory.toString()) || matches.test(directory + "/")) {
                apply(scope, false, result, all);
            }
        }
    }

    private static void apply(
            CompiledSection.Scope scope, boolean whole, DirectoryConfig config, List<CompiledSection.Scope> files) {
        if (whole) {
            scope.section().applyTo(config);
            files.addAll(scope.section().files());
        } else {
            DirectoryConfig changed = config.copy();
            scope.section().applyTo(changed);
            config.restrictTo(changed);
        }
    }
}
