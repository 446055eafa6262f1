/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.directives.DirectoryConfig;
import dev.fcgid4j.directives.Handlers;
import dev.fcgid4j.directives.SourceProtection;
import dev.fcgid4j.directives.UrlPaths;
import dev.fcgid4j.directives.Wrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One look-up: from a root down the segments of a path to the first file, collecting rules on the way.
 *
 * <p>Everything that it looks at is entered into the {@link LookupDependencies} first.
 *
 * <p>Threading: one thread, one use.
 */
final class DirectoryWalk {

    private static final int MAX_FALLBACKS = 1;

    private final SiteResolver.Site site;
    private final RequestPath path;
    private final LookupDependencies dependencies;
    private final LookupDependencies.Entry entry;
    private final Alias root;
    private final UrlPaths asked;
    private final int fallbacks;

    // Where the walk has come to.
    private Path directory;
    private SectionMerge rules;
    private int depth;
    private int next;

    DirectoryWalk(
            SiteResolver.Site site, RequestPath path, LookupDependencies dependencies, LookupDependencies.Entry entry) {
        this(site, path, dependencies, entry, 0);
    }

    private DirectoryWalk(
            SiteResolver.Site site,
            RequestPath path,
            LookupDependencies dependencies,
            LookupDependencies.Entry entry,
            int fallbacks) {
        this.site = site;
        this.path = path;
        this.dependencies = dependencies;
        this.entry = entry;
        this.fallbacks = fallbacks;
        this.root = site.roots().stream()
                .filter(r -> r.covers(path.segments()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the document root covers everything"));
        this.next = root.prefix().size();
        String url = path.text(0);
        this.asked = new UrlPaths(url.isEmpty() ? "/" : url, root.target() + path.text(next));
        this.directory = root.directory();
        this.rules = SectionMerge.server(site.server());
    }

    Resolution resolve() {
        enterRoot();
        if (root.isFile()) {
            look(root.target(), root.target().getFileName().toString());
            return Files.exists(root.target()) ? file(root.target()) : missing(root.target());
        }
        List<String> segments = path.segments();
        while (next < segments.size()) {
            String segment = segments.get(next);
            if (SourceProtection.isHidden(segment)) {
                return refused(404, "hidden name in the path: " + segment);
            }
            Optional<Path> named = FileNames.resolve(directory, segment);
            if (named.isEmpty()) {
                return refused(404, "a name that no file can have");
            }
            Path child = named.get();
            look(child, FileNames.text(segment));
            next++;
            if (Files.isDirectory(child)) {
                enter(child);
            } else {
                return Files.exists(child) ? file(child) : missing(child);
            }
        }
        return directory();
    }

    /** Enters a name into what the answer depends on. */
    private void look(Path child, String name) {
        dependencies.on(entry, directory, name);
        if (Files.isSymbolicLink(child)) {
            dependencies.onLink(entry, child);
        }
    }

    /** From the root of the file system down to the directory that is served. */
    private void enterRoot() {
        Path top = root.directory();
        Path ancestor = top.getRoot();
        for (int names = 0; names < top.getNameCount(); names++) {
            ancestor = names == 0 ? ancestor : ancestor.resolve(top.getName(names - 1));
            if (site.serves(ancestor)) {
                enter(ancestor);
            } else {
                rules = rules.enter(ancestor, site.server());
            }
        }
        enter(top);
    }

    private void enter(Path child) {
        directory = child;
        depth = next;
        dependencies.on(entry, child, HtaccessFiles.NAME);
        rules = rules.enter(child, site.server(), site.htaccess());
    }

    // ---- ends of the walk -----------------------------------------------------------------------------------------

    private Resolution file(Path file) {
        String name = file.getFileName().toString();
        DirectoryConfig local = rules.forFile(name, asked, site.server());
        Optional<Resolution> refusal = refusal(local, asked).or(() -> leavesRoot(file, local));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String handler =
                root.scripts() ? Handlers.FCGID_SCRIPT : local.handlerOf(name).orElse("");
        if (handler.equals(Handlers.FCGID_SCRIPT)) {
            return script(file, local);
        }
        boolean plain = handler.equals(Handlers.DEFAULT); // said aloud: send it as it is
        if (!plain && (local.isProgram(name) || SourceProtection.isSource(name))) {
            return source(file + (handler.isEmpty() ? "" : "; the handler " + handler + " is not here"));
        }
        if (next < path.segments().size() || path.endsWithSlash()) {
            return refused(404, "a path below a plain file: " + file);
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            return refused(403, "not a readable file: " + file);
        }
        return (plain ? Optional.<Resolution>empty() : disguised(file, name))
                .orElseGet(() -> new Resolution.StaticFile(file));
    }

    /** A copy of something that may not be sent, or another name for it. */
    private Optional<Resolution> disguised(Path file, String name) {
        Optional<Resolution> refusal = SourceProtection.originals(name).stream()
                .flatMap(original -> notToBeSent(original).stream())
                .findFirst();
        if (refusal.isPresent()) {
            return refusal;
        }
        try {
            Path real = file.toRealPath();
            Path realRoot = root.directory().toRealPath();
            if (real.startsWith(realRoot)) {
                for (Path each : realRoot.relativize(real)) {
                    if (SourceProtection.isHidden(each.toString())) {
                        return Optional.of(refused(404, "a link to a hidden name: " + file + " is " + real));
                    }
                }
            }
            String realName = real.getFileName().toString();
            return realName.equals(name) ? Optional.empty() : notToBeSent(realName);
        } catch (IOException e) {
            return Optional.of(refused(404, "gone meanwhile: " + file));
        }
    }

    /** Whether a file of this name beside the one that is asked for would not be sent. */
    private Optional<Resolution> notToBeSent(String name) {
        UrlPaths other = asked.named(name);
        DirectoryConfig local = rules.forFile(name, other, site.server());
        Optional<Resolution> refusal = refusal(local, other);
        if (refusal.isPresent()) {
            return refusal;
        }
        boolean program = local.isProgram(name) || SourceProtection.isSource(name);
        return program ? Optional.of(source(name + " under another name")) : Optional.empty();
    }

    private Resolution missing(Path child) {
        String name = child.getFileName().toString();
        DirectoryConfig local = rules.forFile(name, asked, site.server());
        Optional<Resolution> refusal = refusal(local, asked);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return isVirtual(name, local)
                ? script(child, local)
                : fallback(local).orElseGet(() -> refused(404, "no such file: " + child));
    }

    private static boolean isVirtual(String name, DirectoryConfig local) {
        return local.handlerOf(name).filter(Handlers.FCGID_SCRIPT::equals).isPresent()
                && local.wrapperOf(name).filter(Wrapper::virtual).isPresent();
    }

    private Resolution directory() {
        DirectoryConfig local = rules.forDirectory(asked, site.server());
        Optional<Resolution> refusal = refusal(local, asked).or(() -> leavesRoot(directory, local));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (directory.getFileName() != null && isVirtual(directory.getFileName().toString(), local)) {
            return script(directory, local);
        }
        if (!path.endsWithSlash() && !path.segments().isEmpty()) {
            return new Resolution.Moved(encode(path.join(0, next)) + "/" + path.query());
        }
        for (String candidate : local.directoryIndex()) {
            Optional<Resolution> index = index(candidate);
            if (index.isPresent()) {
                return index.get();
            }
        }
        return fallback(local).orElseGet(() -> refused(403, "a directory without an index file: " + directory));
    }

    /** The index file is answered as if it had been asked for; empty when it isn't there. */
    private Optional<Resolution> index(String candidate) {
        if (candidate.indexOf('/') < 0) {
            // Most often there is no such file: that is quick to see.
            dependencies.on(entry, directory, candidate);
            if (!Files.isRegularFile(directory.resolve(candidate))) {
                return Optional.empty();
            }
        }
        return elsewhere(candidate, MAX_FALLBACKS)
                .filter(found -> !(found instanceof Resolution.Refused refused && refused.status() == 404))
                .filter(found -> !(found instanceof Resolution.Moved));
    }

    /** {@code FallbackResource}: what isn't there is answered by one script, which finds the path in REQUEST_URI. */
    private Optional<Resolution> fallback(DirectoryConfig local) {
        return fallbacks < MAX_FALLBACKS
                ? local.fallback().flatMap(target -> elsewhere(target, fallbacks + 1))
                : Optional.empty();
    }

    /** The answer to another path: from the root when it begins with a slash, else from this directory. */
    private Optional<Resolution> elsewhere(String target, int taken) {
        boolean absolute = target.startsWith("/");
        return RequestPath.parse(RequestPath.bytes(absolute ? target : "/" + target))
                .map(other -> absolute ? other : other.below(path.segments().subList(0, depth)))
                .map(other -> new DirectoryWalk(site, other, dependencies, entry, taken).resolve());
    }

    private static Optional<Resolution> refusal(DirectoryConfig local, UrlPaths what) {
        return local.denial(what).map(denial -> refused(denial.status(), denial.reason()));
    }

    private Optional<Resolution> leavesRoot(Path file, DirectoryConfig local) {
        return leavesRoot(file) && !local.followSymlinks()
                ? Optional.of(refused(
                        403,
                        "a symbolic link leads out of " + root.directory() + ": " + file
                                + "; Options FollowSymLinks allows it"))
                : Optional.empty();
    }

    private boolean leavesRoot(Path file) {
        if (root.isFile()) {
            return false; // whoever names one file means what it leads to
        }
        try {
            return !file.toRealPath().startsWith(root.directory().toRealPath());
        } catch (IOException e) {
            return !Files.notExists(file, LinkOption.NOFOLLOW_LINKS); // gone meanwhile, or a link to nowhere
        }
    }

    private Resolution script(Path file, DirectoryConfig local) {
        if (local.engineOff()) {
            return refused(403, "php_flag engine off applies to " + file);
        }
        if (!local.execCgi() && !root.scripts()) {
            return refused(403, "Options -ExecCGI applies to " + file);
        }
        return ScriptMatch.script(site, root, path, next, file, local);
    }

    // ---- words ----------------------------------------------------------------------------------------------------

    private static Resolution source(String what) {
        return refused(403, "source of a program that no handler runs: " + what);
    }

    private static Resolution refused(int status, String reason) {
        return new Resolution.Refused(status, reason);
    }

    private static String encode(String urlPath) {
        StringBuilder encoded = new StringBuilder();
        for (int i = 0; i < urlPath.length(); i++) {
            char c = urlPath.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (plain || "-._~/!$&'()*+,;=:@".indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }
}
