/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.api.Internal;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.limits.LogLimiter;
import dev.fcgid4j.limits.PatternOverrunException;
import dev.fcgid4j.posix.ResourceShortage;
import dev.fcgid4j.watch.FileWatcher;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resolver of one {@link Site}. It looks a path up with a {@link DirectoryWalk}, and caches the answer until something
 * that the answer depends on changes.
 *
 * <p>Threading: {@link #cached} takes no lock; {@link #resolve} may run on several threads at once.
 */
@Internal
@SuppressWarnings("exports")
public final class SiteResolver implements HandlerResolver {

    private static final Logger LOG = LoggerFactory.getLogger(SiteResolver.class);

    private final Site site;
    private final FileWatcher watcher;

    private final AnswerCache answers = new AnswerCache();
    private final MissingScripts missing;
    private final SharedProcessClasses processClasses = new SharedProcessClasses();
    private final LogLimiter overruns = new LogLimiter();
    private final LogLimiter shortages = new LogLimiter();

    /** Classes that a path led to before its answer changed, until it is known whether another path leads there. */
    private final Set<ProcessClass> suspects = ConcurrentHashMap.newKeySet();

    private volatile LookupDependencies dependencies;
    private volatile Consumer<ProcessClass> supersededListener = processClass -> {};

    /**
     * Creates a resolver and checks its configuration.
     *
     * @param watcher borrowed
     * @throws ConfigurationException with file and line of a mistake
     */
    public SiteResolver(MappingSettings settings, FileWatcher watcher) {
        this.watcher = requireNonNull(watcher, "watcher");
        this.missing = new MissingScripts(settings.quietTime(), System::nanoTime);
        this.site = Site.of(settings);
        this.dependencies = newDependencies();
    }

    /** The path of an alias's directory may contain symbolic links; when one is switched, no cached answer is valid. */
    private LookupDependencies newDependencies() {
        LookupDependencies fresh = new LookupDependencies(watcher);
        site.aliases().forEach(alias -> fresh.dependOnRoot(alias.directory()));
        return fresh;
    }

    @Override
    public Optional<Resolution> cached(String target) {
        CachedAnswer known = answers.get(RequestPath.withoutQuery(target));
        return known != null && known.isValid() ? Optional.of(known.resolution()) : Optional.empty();
    }

    @Override
    public Resolution resolve(String target) {
        Resolution resolution = lookUp(target, RequestPath.withoutQuery(target));
        reportSuperseded();
        return resolution;
    }

    private Resolution lookUp(String target, String key) {
        Optional<RequestPath> path = RequestPath.parse(target);
        if (path.isEmpty()) {
            return new Resolution.Refused(400, "not a path, or one that leads out of the root: " + key);
        }
        LookupDependencies current = dependencies;
        LookupDependencies.Lookup lookup = current.begin();
        CachedAnswer outdated = outdated(key);
        MissingScripts.Lookup missingLookup =
                missing.begin(key, outdated == null ? Optional.empty() : outdated.scriptFile());
        Resolution found;
        try {
            found = new DirectoryWalk(site, path.get(), lookup).resolve();
        } catch (PatternOverrunException e) {
            lookup.release(); // the answer is not known, so an outdated one supersedes nothing yet
            return overrun(e);
        } catch (UncheckedIOException e) {
            lookup.release();
            return unknown(e);
        } catch (RuntimeException | Error e) {
            lookup.release();
            throw e;
        }
        CachedAnswer answer = CachedAnswer.of(key, lookup, processClasses.share(missingLookup.decide(found)));
        if (outdated != null && answers.remove(key, outdated)) {
            outdated.lookup().release();
            outdated.processClass().ifPresent(suspects::add);
        }
        answer.processClass().ifPresent(suspects::remove); // this answer leads to it
        if (!cache(key, answer, current)) {
            lookup.release();
        }
        return answer.resolution();
    }

    private Resolution overrun(PatternOverrunException overrun) {
        if (overruns.permits(overrun.place())) {
            LOG.warn("{}", overrun.getMessage());
        }
        return new Resolution.Refused(500, overrun.getMessage());
    }

    private Resolution unknown(UncheckedIOException failure) {
        if (!ResourceShortage.isCause(failure)) {
            throw failure;
        }
        if (shortages.permits("")) {
            LOG.error(
                    "{}: the system lacks the means to look at files ({}); requests are answered 503. Raise the descriptor"
                            + " limit (ulimit -n), or lower MaxConnections",
                    site.documentRoot(),
                    failure.getMessage());
        }
        return new Resolution.Refused(503, "no means to look at files: " + failure.getMessage());
    }

    /** Returns the answer in the cache if it is invalid; null if there is none, or another thread has replaced it. */
    private @Nullable CachedAnswer outdated(String key) {
        CachedAnswer known = answers.get(key);
        return known != null && known.isValid() ? null : known;
    }

    /** Caches an answer and returns true. Refusals are not cached: there is no end of missing files to ask for. */
    private boolean cache(String key, CachedAnswer answer, LookupDependencies current) {
        if (current.isFull()) {
            forgetAll(current);
            return false;
        }
        boolean useful = answer.resolution() instanceof Resolution.Script
                || answer.resolution() instanceof Resolution.StaticFile;
        if (!useful || !answer.isValid() || !answer.lookup().isCacheable() || !AnswerCache.accepts(answer)) {
            return false;
        }
        if (answers.isFullFor(answer)) {
            forgetAll(current);
            return false;
        }
        CachedAnswer replaced = answers.put(key, answer);
        if (replaced != null) {
            replaced.lookup().release();
        }
        return true;
    }

    private void forgetAll(LookupDependencies full) {
        synchronized (this) {
            if (dependencies != full) {
                return; // another thread has done it
            }
            LOG.debug("the cache is full, so all answers are removed: {}", this);
            dependencies = newDependencies();
        }
        answers.clear();
        full.close();
    }

    // ---- superseded process classes -------------------------------------------------------------------------------

    /** Reports each suspect that no cached path leads to. Before, other invalid answers are looked up again. */
    private void reportSuperseded() {
        if (suspects.isEmpty()) {
            return;
        }
        answers.forEach((key, answer) -> {
            if (!answer.isValid()) {
                lookUp(key, key);
            }
        });
        for (ProcessClass old : List.copyOf(suspects)) {
            boolean inUse = answers.stream()
                    .anyMatch(
                            answer -> answer.processClass().filter(old::equals).isPresent());
            if (suspects.remove(old) && !inUse && !mayBeInUse(old)) {
                supersededListener.accept(old);
            }
        }
    }

    /** Where answers can't be cached, a class may be in use as long as its program exists. */
    private boolean mayBeInUse(ProcessClass old) {
        return !answersAreCacheable() && Files.exists(old.command().program());
    }

    private boolean answersAreCacheable() {
        LookupDependencies.Lookup probe = dependencies.begin();
        probe.dependOn(site.documentRoot(), HtaccessFiles.NAME);
        probe.release();
        return probe.isCacheable();
    }

    @Override
    public void onSuperseded(Consumer<ProcessClass> listener) {
        supersededListener = requireNonNull(listener, "listener");
    }

    @Override
    public void close() {
        answers.clear();
        dependencies.close();
    }

    /** Returns the estimated bytes of all cached answers. */
    long rememberedBytes() {
        return answers.bytes();
    }

    /** Describes how much is cached, for logs. */
    @Override
    public String toString() {
        return "SiteResolver[" + site.documentRoot() + ", answers=" + answers.size() + ", " + dependencies + "]";
    }
}
