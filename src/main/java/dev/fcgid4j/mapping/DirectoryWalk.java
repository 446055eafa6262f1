/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.directives.ByteStrings;
import dev.fcgid4j.directives.DirectoryConfig;
import dev.fcgid4j.directives.SourceProtection;
import dev.fcgid4j.directives.UrlPaths;
import dev.fcgid4j.posix.FileAccess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One directory walk: from the alias that covers a path down its segments to the first file, merging the configuration of
 * each directory on the way. {@link FileAnswers} answers for the file at the end; this class answers for a directory and
 * for a missing file.
 *
 * <p>Every name is entered into the {@link LookupDependencies} before the disk is asked for it.
 *
 * <p>Threading: one thread, one use. Source: httpd's directory walk.
 */
final class DirectoryWalk {

    private static final int MAX_FALLBACKS = 1;

    private final Site site;
    private final RequestPath path;
    private final LookupDependencies.Lookup lookup;
    private final Alias alias;
    private final UrlPaths request;
    private final int fallbacks; // FallbackResource directives that led here
    private final boolean index; // an index file of the directory that was asked for

    // The position of the walk.
    private Path directory;
    private SectionMerge sections;
    private int depth; // segments of the path that lead to the directory
    private int next; // segments of the path that have been consumed

    DirectoryWalk(Site site, RequestPath path, LookupDependencies.Lookup lookup) {
        this(site, path, lookup, 0, false);
    }

    private DirectoryWalk(Site site, RequestPath path, LookupDependencies.Lookup lookup, int fallbacks, boolean index) {
        this.site = site;
        this.path = path;
        this.lookup = lookup;
        this.fallbacks = fallbacks;
        this.index = index;
        this.alias = site.aliasFor(path);
        this.next = alias.prefix().size();
        String url = path.bytes(0);
        String file = ByteStrings.of(alias.target().toString()) + path.bytes(next);
        this.request = new UrlPaths(url.isEmpty() ? "/" : url, file);
        this.directory = alias.directory();
        this.sections = SectionMerge.of(site.server());
    }

    Resolution resolve() {
        assert FileAccess.isPermitted() : "an event loop must not wait for a file system";
        Optional<Resolution> refusal = enterAliasDirectory();
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (alias.isFile()) {
            return leaf(alias.target(), alias.target().getFileName().toString());
        }
        List<String> segments = path.segments();
        while (next < segments.size()) {
            String segment = segments.get(next);
            if (SourceProtection.isHidden(segment)) {
                return new Resolution.Refused(404, "hidden name in the path: " + segment);
            }
            Optional<Path> named = FileNames.resolve(directory, segment);
            if (named.isEmpty()) {
                return new Resolution.Refused(404, "a name that no file can have");
            }
            next++;
            Path child = named.get();
            dependOn(child, FileNames.text(segment));
            refusal = LinkCheck.refusal(sections.links(), child);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            if (!FileKinds.isDirectory(child)) {
                return leaf(child);
            }
            enter(child);
        }
        return directory();
    }

    private Resolution leaf(Path file, String name) {
        dependOn(file, name);
        return LinkCheck.refusal(sections.links(), file).orElseGet(() -> leaf(file));
    }

    private Resolution leaf(Path file) {
        return FileKinds.exists(file) ? new FileAnswers(end()).existing(file) : missing(file);
    }

    private WalkEnd end() {
        return new WalkEnd(site, alias, path, next, request, sections, index);
    }

    private void dependOn(Path child, String name) {
        lookup.dependOn(directory, name);
        if (Files.isSymbolicLink(child)) {
            lookup.dependOnLink(child);
        }
    }

    /** Enters every directory from the root of the file system down to the alias's own; returns the refusal of a link. */
    private Optional<Resolution> enterAliasDirectory() {
        Path served = alias.directory();
        Path ancestor = served.getRoot();
        for (int names = 0; names < served.getNameCount(); names++) {
            if (site.serves(ancestor)) {
                enter(ancestor);
            } else {
                sections = sections.enter(ancestor);
            }
            ancestor = ancestor.resolve(served.getName(names));
            Optional<Resolution> refusal = LinkCheck.refusal(sections.links(), ancestor);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        enter(served);
        return Optional.empty();
    }

    private void enter(Path child) {
        directory = child;
        depth = next;
        lookup.dependOn(child, HtaccessFiles.NAME);
        sections = sections.enter(child, site.htaccess());
    }

    // ---- ends of the walk other than a file -----------------------------------------------------------------------

    private Resolution missing(Path file) {
        FileAnswers answers = new FileAnswers(end());
        String name = file.getFileName().toString();
        DirectoryConfig config = sections.forFile(file, SectionMerge.Access.BELOW, request);
        Optional<Resolution> refusal = FileAnswers.denial(config, request);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return FileAnswers.isVirtual(name, config)
                ? answers.script(file, config)
                : fallback(config).orElseGet(() -> new Resolution.Refused(404, "no such file: " + file));
    }

    private Resolution directory() {
        FileAnswers answers = new FileAnswers(end());
        DirectoryConfig config =
                sections.forDirectory(path.endsWithSlash() || path.segments().isEmpty(), request);
        Optional<Resolution> refusal = answers.refusal(directory, config);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Path name = directory.getFileName();
        if (name != null && FileAnswers.isVirtual(name.toString(), config)) {
            return answers.script(directory, config);
        }
        if (!path.endsWithSlash() && !path.segments().isEmpty()) {
            return new Resolution.Moved(RequestPath.encode(path.join(0, next)) + "/" + path.query());
        }
        for (String candidate : config.directoryIndex()) {
            Optional<Resolution> index = index(candidate);
            if (index.isPresent()) {
                return index.get();
            }
        }
        return fallback(config).orElseGet(() -> Resolution.Refused.withoutIndex(directory));
    }

    /** Answers with an index file as if it had been requested; empty if it does not exist. */
    private Optional<Resolution> index(String candidate) {
        if (candidate.indexOf('/') < 0) {
            // Most candidates do not exist. This test is cheaper than a walk.
            lookup.dependOn(directory, candidate);
            if (!FileKinds.isRegularFile(directory.resolve(candidate))) {
                return Optional.empty();
            }
        }
        return resolveOther(candidate, MAX_FALLBACKS, candidate.indexOf('/') < 0)
                .filter(found -> !(found instanceof Resolution.Refused refused && refused.status() == 404))
                .filter(found -> !(found instanceof Resolution.Moved));
    }

    /** {@code FallbackResource}: one script answers for everything that is missing, and reads REQUEST_URI. */
    private Optional<Resolution> fallback(DirectoryConfig config) {
        return fallbacks < MAX_FALLBACKS
                ? config.fallback().flatMap(target -> resolveOther(target, fallbacks + 1, false))
                : Optional.empty();
    }

    /**
     * Resolves another path.
     *
     * @param target begins at the root if it begins with a slash, else in this directory
     * @param taken how many fallbacks have led to it
     * @param indexFile whether it is an index file of this directory
     */
    private Optional<Resolution> resolveOther(String target, int taken, boolean indexFile) {
        boolean absolute = target.startsWith("/");
        return RequestPath.parse(ByteStrings.of(absolute ? target : "/" + target))
                .map(other -> absolute ? other : other.below(path.segments().subList(0, depth)))
                .map(other -> new DirectoryWalk(site, other, lookup, taken, indexFile).resolve());
    }
}
