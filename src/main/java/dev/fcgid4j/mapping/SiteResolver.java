/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.config.Node;
import dev.fcgid4j.directives.CompiledSection;
import dev.fcgid4j.directives.ConditionalSections;
import dev.fcgid4j.directives.DirectiveCompiler;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.watch.FileWatcher;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The resolver of one site. Walks the path from its root to a file ({@link DirectoryWalk}), and remembers the answer until
 * something on that way changes.
 *
 * <p>Threading: {@link #cached} takes no lock; {@link #resolve} may run on several threads at once.
 */
public final class SiteResolver implements HandlerResolver {

    private static final int MAX_REMEMBERED = 10_000;

    private final Site site;
    private final FileWatcher watcher;
    private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

    /** Guarded by itself; each as long as somebody holds it. */
    private final Map<ProcessClass, WeakReference<ProcessClass>> processClasses = new WeakHashMap<>();

    private final MissingScripts vanished;
    private final Map<ProcessClass, String> suspects = new ConcurrentHashMap<>();
    private volatile LookupDependencies dependencies;
    private volatile Consumer<ProcessClass> superseded = processClass -> {};

    private record Remembered(LookupDependencies.Entry entry, Resolution resolution) {}

    /** What stays the same as long as the server runs. */
    record Site(List<Alias> roots, CompiledSection server, HtaccessFiles htaccess, ClassLimits limits) {

        /** The directory that answers for what no alias covers. */
        Path documentRoot() {
            return roots.get(roots.size() - 1).directory();
        }

        /** Whether {@code .htaccess} files are read in a directory: it is served or lies in one that is. */
        boolean serves(Path directory) {
            return roots.stream().anyMatch(root -> directory.startsWith(root.directory()));
        }
    }

    /**
     * Creates one and checks its configuration.
     *
     * @param watcher borrowed
     * @throws ConfigurationException with file and line of a mistake
     */
    public SiteResolver(MappingSettings settings, FileWatcher watcher) {
        this.watcher = requireNonNull(watcher, "watcher");
        this.vanished = new MissingScripts(settings.quietTime(), System::nanoTime);
        HtaccessFiles htaccess = new HtaccessFiles();
        List<Node> directives = ConditionalSections.resolve(settings.directives(), htaccess::warn);
        CompiledSection server = DirectiveCompiler.server(directives, settings.documentRoot(), htaccess::warn);
        this.site = new Site(Alias.of(settings, directives), server, htaccess, settings.limits());
        FileNames.checkEncoding(htaccess::warn);
        this.dependencies = newDependencies();
    }

    /** Each root's own path may lead through symbolic links; when one is switched, nothing remembered holds. */
    private LookupDependencies newDependencies() {
        LookupDependencies fresh = new LookupDependencies(watcher);
        site.roots().forEach(root -> fresh.onRoot(root.directory()));
        return fresh;
    }

    @Override
    public Optional<Resolution> cached(String target) {
        Remembered known = remembered.get(RequestPath.withoutQuery(target));
        return known != null && known.entry.valid() ? Optional.of(known.resolution) : Optional.empty();
    }

    @Override
    public Resolution resolve(String target) {
        String key = RequestPath.withoutQuery(target);
        Resolution resolution = look(target, key);
        settleSuspects();
        return resolution;
    }

    private Resolution look(String target, String key) {
        Optional<RequestPath> path = RequestPath.parse(target);
        if (path.isEmpty()) {
            return new Resolution.Refused(400, "not a path, or one that leads out of the root: " + key);
        }
        LookupDependencies current = dependencies;
        LookupDependencies.Entry entry = new LookupDependencies.Entry();
        Remembered before = remembered.get(key);
        if (before != null && before.entry.valid()) {
            before = null; // somebody else has just looked
        }
        MissingScripts.Look look = vanished.look(
                key,
                before != null && before.resolution instanceof Resolution.Script script
                        ? Optional.of(script.path().scriptFile())
                        : Optional.empty());
        Resolution resolution = share(look.judge(new DirectoryWalk(site, path.get(), current, entry).resolve()));
        if (before != null && remembered.remove(key, before)) {
            before.entry.forget();
            suspect(before.resolution, key);
        }
        if (resolution instanceof Resolution.Script script) {
            suspects.remove(script.processClass()); // this very answer leads to it
        }
        boolean worthIt = resolution instanceof Resolution.Script || resolution instanceof Resolution.StaticFile;
        if (worthIt && entry.valid() && entry.lasting()) {
            if (remembered.size() >= MAX_REMEMBERED) {
                forgetAll(current);
            } else {
                Remembered raced = remembered.put(key, new Remembered(entry, resolution));
                if (raced != null) {
                    raced.entry.forget();
                }
                return resolution;
            }
        }
        entry.forget(); // whoever asks for what isn't there must not fill the memory
        return resolution;
    }

    /** Returns one object for each process class, however many paths lead to it, so that comparing it is cheap. */
    private Resolution share(Resolution resolution) {
        if (!(resolution instanceof Resolution.Script now)) {
            return resolution;
        }
        synchronized (processClasses) {
            WeakReference<ProcessClass> known = processClasses.get(now.processClass());
            ProcessClass shared = known == null ? null : known.get();
            if (shared != null) {
                return new Resolution.Script(now.path(), shared, now.passHeaders());
            }
            processClasses.put(now.processClass(), new WeakReference<>(now.processClass()));
            return now;
        }
    }

    private void forgetAll(LookupDependencies full) {
        synchronized (this) {
            if (dependencies != full) {
                return;
            }
            dependencies = newDependencies();
        }
        remembered.clear();
        full.close();
    }

    // ---- process classes that nothing leads to any more
    // ----------------------------------------------------------------

    private void suspect(Resolution before, String path) {
        if (before instanceof Resolution.Script script) {
            suspects.put(script.processClass(), path);
        }
    }

    /** An answer changed: is its old process class still in use? Other answers that were made invalid are asked again. */
    private void settleSuspects() {
        if (suspects.isEmpty()) {
            return;
        }
        for (Map.Entry<String, Remembered> each : remembered.entrySet()) {
            if (!each.getValue().entry.valid()) {
                look(each.getKey(), each.getKey());
            }
        }
        for (ProcessClass old : List.copyOf(suspects.keySet())) {
            boolean inUse = remembered.values().stream()
                    .anyMatch(r -> r.resolution instanceof Resolution.Script s
                            && s.processClass().equals(old));
            if (suspects.remove(old) != null && !inUse && !leadsStillTo(old)) {
                superseded.accept(old);
            }
        }
    }

    /** Where answers can't be remembered, the file itself tells: it is there and nothing else runs it. */
    private boolean leadsStillTo(ProcessClass old) {
        return !dependenciesLast() && Files.exists(old.command().program());
    }

    private boolean dependenciesLast() {
        LookupDependencies.Entry probe = new LookupDependencies.Entry();
        dependencies.on(probe, site.documentRoot(), HtaccessFiles.NAME);
        probe.forget();
        return probe.lasting();
    }

    /** Answers that are kept track of, for tests. */
    int tracked() {
        return dependencies.tracked();
    }

    @Override
    public void onSuperseded(Consumer<ProcessClass> listener) {
        superseded = requireNonNull(listener, "listener");
    }

    @Override
    public void close() {
        remembered.clear();
        dependencies.close();
    }
}
