/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.watch.Glob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules in force at one place: what is left when all sections and files that apply have been merged, the later ones
 * over the earlier ones.
 *
 * <p>Threading: filled by one thread, then only read; {@link #copy()} makes one to go on with.
 */
public final class DirectoryConfig {

    /** The handler that runs a file as a FastCGI script. */
    public static final String FCGID = "fcgid-script";

    /** The handler that sends a file as it is. */
    public static final String DEFAULT = "default-handler";

    Optional<String> setHandler = Optional.empty();
    final Map<String, String> handlerBySuffix = new HashMap<>();

    // Types that make other servers run a file: AddType application/x-httpd-php .foo
    Optional<String> forcedType = Optional.empty();
    final Map<String, String> typeBySuffix = new HashMap<>();

    final Map<String, Wrapper> wrapperBySuffix = new HashMap<>();
    final Map<String, String> initialEnvironment = new LinkedHashMap<>();
    final Map<String, String> requestEnvironment = new LinkedHashMap<>();
    final Set<String> passHeaders = new HashSet<>();
    boolean execCgi = true;
    boolean followSymlinks;
    List<String> directoryIndex = List.of("index.html", "index.htm", "index.fcgi", "index.php");
    Optional<String> fallback = Optional.empty();
    AllowOverride override = AllowOverride.DEFAULT;
    Optional<Path> reloadTrigger = Optional.empty();
    boolean triggerOnly;
    final List<Glob> watch = new ArrayList<>();
    boolean rolling;
    Optional<String> warmup = Optional.empty();
    int canaryPercent;
    Optional<String> requireDenies = Optional.empty();
    Optional<String> compatDenies = Optional.empty();

    /** A denial that no Require or Allow further down lifts, because its condition is not understood here. */
    Optional<String> barred = Optional.empty();

    final List<Refusal> refusals = new ArrayList<>();

    /** {@code php_flag engine off}. */
    boolean engineOff;

    /** A command that is started instead of the requested file. */
    public record Wrapper(List<String> argv, boolean virtual) {}

    /** Returns the configuration before any directive: only {@code .fcgi} files are scripts. */
    public static DirectoryConfig initial() {
        DirectoryConfig config = new DirectoryConfig();
        config.handlerBySuffix.put(".fcgi", FCGID);
        return config;
    }

    /** Returns an independent copy. */
    public DirectoryConfig copy() {
        DirectoryConfig other = new DirectoryConfig();
        other.setHandler = setHandler;
        other.handlerBySuffix.putAll(handlerBySuffix);
        other.forcedType = forcedType;
        other.typeBySuffix.putAll(typeBySuffix);
        other.wrapperBySuffix.putAll(wrapperBySuffix);
        other.initialEnvironment.putAll(initialEnvironment);
        other.requestEnvironment.putAll(requestEnvironment);
        other.passHeaders.addAll(passHeaders);
        other.execCgi = execCgi;
        other.followSymlinks = followSymlinks;
        other.directoryIndex = directoryIndex;
        other.fallback = fallback;
        other.override = override;
        other.reloadTrigger = reloadTrigger;
        other.triggerOnly = triggerOnly;
        other.watch.addAll(watch);
        other.rolling = rolling;
        other.warmup = warmup;
        other.canaryPercent = canaryPercent;
        other.requireDenies = requireDenies;
        other.compatDenies = compatDenies;
        other.barred = barred;
        other.refusals.addAll(refusals);
        other.engineOff = engineOff;
        return other;
    }

    /** Why a request is refused by configuration: by access control (403), else by a directive about URLs; empty if not. */
    public Optional<Denial> denial(UrlPaths asked) {
        Optional<String> denied = barred.or(() -> requireDenies).or(() -> compatDenies);
        return denied.map(reason -> new Denial(403, reason)).or(() -> refused(asked));
    }

    private Optional<Denial> refused(UrlPaths asked) {
        for (Refusal refusal : refusals) {
            Optional<Integer> status = refusal.status().apply(asked);
            if (status.isPresent()) {
                return Optional.of(new Denial(status.get(), "refused by " + refusal.place()));
            }
        }
        return Optional.empty();
    }

    /** Variables of the processes, by name (FcgidInitialEnv). */
    public Map<String, String> initialEnvironment() {
        return Collections.unmodifiableMap(initialEnvironment);
    }

    /** Variables of each request, by name (SetEnv). */
    public Map<String, String> requestEnvironment() {
        return Collections.unmodifiableMap(requestEnvironment);
    }

    /** Request header names, lower case, that are passed on besides the usual ones (FcgidPassHeader). */
    public Set<String> passHeaders() {
        return Collections.unmodifiableSet(passHeaders);
    }

    /** Whether scripts may run (Options ExecCGI). */
    public boolean execCgi() {
        return execCgi;
    }

    /** Whether symbolic links may lead out of the directory that is served (Options FollowSymLinks). */
    public boolean followSymlinks() {
        return followSymlinks;
    }

    /** Whether {@code php_flag engine off} forbids scripts. */
    public boolean engineOff() {
        return engineOff;
    }

    /** Names of index files, the preferred one first (DirectoryIndex). */
    public List<String> directoryIndex() {
        return directoryIndex;
    }

    /** What answers for files that are missing (FallbackResource). */
    public Optional<String> fallback() {
        return fallback;
    }

    /** What {@code .htaccess} files further down may say (AllowOverride). */
    public AllowOverride override() {
        return override;
    }

    /** Stops every request here; no directive further down lifts that. */
    public void deny(String reason) {
        barred = Optional.of(reason);
    }

    /** Which changes concern an application of these files, and how they take effect. */
    public ChangePolicy policy(List<Path> ownFiles) {
        List<Path> files = new ArrayList<>(triggerOnly ? List.of() : ownFiles);
        reloadTrigger.ifPresent(files::add);
        return new ChangePolicy(files, watch, !triggerOnly, rolling, warmup, canaryPercent);
    }

    /** The handler of a file: only the last extension of its name counts. A type stands in where none is named. */
    public Optional<String> handlerOf(String fileName) {
        if (setHandler.isPresent()) {
            return setHandler;
        }
        String suffix = suffixOf(fileName);
        return Optional.ofNullable(handlerBySuffix.get(suffix))
                .or(() -> forcedType)
                .or(() -> Optional.ofNullable(typeBySuffix.get(suffix)));
    }

    /** Whether a file is run here or would be elsewhere: by its handler, or by its suffix under a handler that sends it. */
    public boolean isProgram(String fileName) {
        String suffix = suffixOf(fileName);
        return handlerOf(fileName).filter(SourceProtection::isProgram).isPresent()
                || SourceProtection.isProgram(handlerBySuffix.getOrDefault(suffix, ""))
                || typeBySuffix.containsKey(suffix);
    }

    /** The wrapper for a file: that of its suffix, else the one for all. */
    public Optional<Wrapper> wrapperOf(String fileName) {
        String suffix = suffixOf(fileName);
        Wrapper own = suffix.isEmpty() ? null : wrapperBySuffix.get(suffix);
        return Optional.ofNullable(own == null ? wrapperBySuffix.get("") : own);
    }

    /** The last extension with its dot, in lower case; empty when there is none. */
    static String suffixOf(String fileName) {
        int dot = fileName.lastIndexOf('.');
        return dot < 0 ? "" : fileName.substring(dot).toLowerCase(Locale.ROOT);
    }
}
