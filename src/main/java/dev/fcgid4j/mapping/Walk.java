/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.process.ProcessCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One look-up: from a root down the segments of a path to the first file, collecting rules on the way.
 *
 * <p>Everything that it looks at is entered into the {@link Dependencies} first.
 *
 * <p>Threading: one thread, one use.
 */
final class Walk {

    private static final int MAX_FALLBACKS = 1;

    private final SiteResolver.Site site;
    private final RequestPath path;
    private final Dependencies dependencies;
    private final Dependencies.Entry entry;
    private final Root root;
    private final int fallbacks;

    // Where the walk has come to.
    private Path directory;
    private DirectoryRules rules;
    private int next;

    Walk(SiteResolver.Site site, RequestPath path, Dependencies dependencies, Dependencies.Entry entry) {
        this(site, path, dependencies, entry, 0);
    }

    private Walk(
            SiteResolver.Site site,
            RequestPath path,
            Dependencies dependencies,
            Dependencies.Entry entry,
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
        this.directory = root.directory();
        this.next = root.prefix().size();
        this.rules = DirectoryRules.server(site.server());
    }

    Resolution resolve() {
        List<String> segments = path.segments();
        for (String segment : segments) {
            if (Protection.isHidden(segment)) {
                return refused(404, "hidden name in the path: " + segment);
            }
        }
        enter(directory);
        while (next < segments.size()) {
            Optional<String> name = RequestPath.fileName(segments.get(next));
            if (name.isEmpty()) {
                return refused(404, "a name that is no UTF-8");
            }
            Path child = directory.resolve(name.get());
            dependencies.on(entry, directory, name.get());
            if (Files.isSymbolicLink(child)) {
                dependencies.onLink(entry, child);
            }
            if (Files.isDirectory(child)) {
                next++;
                enter(child);
            } else if (Files.exists(child)) {
                next++;
                return file(child);
            } else {
                return missing(child);
            }
        }
        return directory();
    }

    private void enter(Path child) {
        directory = child;
        dependencies.on(entry, child, HtaccessFiles.NAME);
        rules = rules.enter(child, site.server(), site.htaccess());
    }

    // ---- ends of the walk -----------------------------------------------------------------------------------------

    private Resolution file(Path file) {
        String name = file.getFileName().toString();
        Rules local = rules.forFile(name, path.join(0, next), site.server());
        Optional<Resolution> refusal = refusal(file, local);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        String handler = root.scripts() ? Rules.FCGID : local.handlerOf(name).orElse("");
        if (handler.equals(Rules.FCGID)) {
            return script(file, local);
        }
        boolean plain = handler.isEmpty() || handler.equals(Rules.DEFAULT);
        if (!plain || (handler.isEmpty() && Protection.isSource(name, local))) {
            return refused(
                    403,
                    "source of a program that no handler runs: " + file
                            + (plain ? "" : "; the handler " + handler + " is not here"));
        }
        if (next < path.segments().size() || path.endsWithSlash()) {
            return refused(404, "a path below a plain file: " + file);
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            return refused(403, "not a readable file: " + file);
        }
        return new Resolution.StaticFile(file);
    }

    private Resolution missing(Path child) {
        String name = child.getFileName().toString();
        Rules local = rules.forFile(name, path.join(0, next + 1), site.server());
        if (local.denied().isPresent()) {
            return refused(403, local.denied().get());
        }
        boolean virtual = local.handlerOf(name).filter(Rules.FCGID::equals).isPresent()
                && local.wrapperOf(name).filter(Rules.Wrapper::virtual).isPresent();
        if (virtual) {
            next++;
            return script(child, local);
        }
        return fallback(local).orElseGet(() -> refused(404, "no such file: " + child));
    }

    private Resolution directory() {
        Rules local = rules.rules();
        Block.apply(site.server().locations(), path.join(0, next).isEmpty() ? "/" : path.join(0, next), local);
        Optional<Resolution> refusal = refusal(directory, local);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!path.endsWithSlash() && !path.segments().isEmpty()) {
            return new Resolution.Moved(encode(path.join(0, next)) + "/" + path.query());
        }
        for (String candidate : local.directoryIndex) {
            dependencies.on(entry, directory, candidate);
            Path index = directory.resolve(candidate).normalize();
            if (index.getParent() != null && index.getParent().equals(directory) && Files.isRegularFile(index)) {
                return index(candidate);
            }
        }
        return fallback(local).orElseGet(() -> refused(403, "a directory without an index file: " + directory));
    }

    /** The index file is answered as if it had been asked for. */
    private Resolution index(String name) {
        List<String> segments = new ArrayList<>(path.segments().subList(0, next));
        segments.add(RequestPath.bytes(name));
        return new Walk(
                        site,
                        new RequestPath(List.copyOf(segments), false, path.query()),
                        dependencies,
                        entry,
                        MAX_FALLBACKS)
                .resolve();
    }

    /** {@code FallbackResource}: what isn't there is answered by one script, which finds the path in REQUEST_URI. */
    private Optional<Resolution> fallback(Rules local) {
        if (fallbacks >= MAX_FALLBACKS || local.fallback.isEmpty()) {
            return Optional.empty();
        }
        String target = local.fallback.get();
        boolean absolute = target.startsWith("/");
        return RequestPath.parse(RequestPath.bytes(absolute ? target : "/" + target))
                .map(other -> absolute ? other : other.below(path.segments().subList(0, next)))
                .map(other -> new Walk(site, other, dependencies, entry, fallbacks + 1).resolve());
    }

    private Optional<Resolution> refusal(Path file, Rules local) {
        if (local.denied().isPresent()) {
            return Optional.of(refused(403, local.denied().get()));
        }
        return leavesRoot(file) && !local.followSymlinks
                ? Optional.of(refused(
                        403,
                        "a symbolic link leads out of " + root.directory() + ": " + file
                                + "; Options FollowSymLinks allows it"))
                : Optional.empty();
    }

    private boolean leavesRoot(Path file) {
        try {
            return !file.toRealPath().startsWith(root.directory().toRealPath());
        } catch (IOException e) {
            return !Files.notExists(file, LinkOption.NOFOLLOW_LINKS); // gone meanwhile, or a link to nowhere
        }
    }

    // ---- scripts --------------------------------------------------------------------------------------------------

    private Resolution script(Path file, Rules local) {
        if (!local.execCgi && !root.scripts()) {
            return refused(403, "Options -ExecCGI applies to " + file);
        }
        Optional<Rules.Wrapper> wrapper = root.scripts()
                ? Optional.empty()
                : local.wrapperOf(file.getFileName().toString());
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.putAll(local.initialEnvironment);
        Application application = wrapper.isPresent()
                ? wrapped(wrapper.get(), environment, local)
                : new Application(
                        "/" + root.directory().relativize(file),
                        new ProcessCommand(List.of(file.toString()), environment, directoryOf(file)),
                        local.policy(List.of(file)));
        int segments = path.segments().size();
        String pathInfo = path.join(next, segments);
        if (path.endsWithSlash()) {
            pathInfo += "/";
        }
        Path documentRoot = site.roots().get(site.roots().size() - 1).directory();
        ScriptPath scriptPath = new ScriptPath(
                path.join(0, next),
                pathInfo,
                file,
                documentRoot,
                root.url(),
                root.directory(),
                Map.copyOf(local.requestEnvironment));
        return new Resolution.Script(scriptPath, application, Set.copyOf(local.passHeaders));
    }

    private Path directoryOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? root.directory() : parent;
    }

    private Application wrapped(Rules.Wrapper wrapper, Map<String, String> environment, Rules local) {
        List<Path> watched = new ArrayList<>();
        for (String word : wrapper.argv()) {
            if (word.startsWith("/") && Files.isRegularFile(Path.of(word))) {
                watched.add(Path.of(word));
            }
        }
        return new Application(
                String.join(" ", wrapper.argv()),
                new ProcessCommand(
                        wrapper.argv(),
                        environment,
                        site.roots().get(site.roots().size() - 1).directory()),
                local.policy(watched));
    }

    // ---- words ----------------------------------------------------------------------------------------------------

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
