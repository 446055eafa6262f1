/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import dev.fcgid4j.application.ChangePolicy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration in force for one directory or file: the result of merging all sections and {@code .htaccess} files
 * that apply to it. Later ones override earlier ones.
 *
 * <p>Threading: one thread fills it, by applying {@link CompiledSection}s; afterwards it is only read. {@link #copy()}
 * gives the next directory an independent one to continue with.
 */
public final class DirectoryConfig {

    // The directives of this package write these fields; other packages read through the methods.
    final HandlerConfig handlers;
    final CommandConfig commands;
    final ChangeConfig changes;
    final AccessConfig access;

    boolean execCgi = true;
    boolean followSymlinks;
    LinkPolicy links = LinkPolicy.FOLLOW;
    boolean pathInfo = true;
    boolean engineOff;
    List<String> directoryIndex = List.of("index.html", "index.htm", "index.fcgi", "index.php");
    Optional<String> fallback = Optional.empty();
    AllowOverride override = AllowOverride.DEFAULT;

    private DirectoryConfig(HandlerConfig handlers, CommandConfig commands, ChangeConfig changes, AccessConfig access) {
        this.handlers = handlers;
        this.commands = commands;
        this.changes = changes;
        this.access = access;
    }

    /** Returns the configuration before any directive: {@code .fcgi} files are scripts, and nothing is refused. */
    public static DirectoryConfig initial() {
        DirectoryConfig config =
                new DirectoryConfig(new HandlerConfig(), new CommandConfig(), new ChangeConfig(), new AccessConfig());
        config.handlers.handlerBySuffix.put(".fcgi", Handlers.FCGID_SCRIPT);
        return config;
    }

    /** Returns an independent copy. */
    public DirectoryConfig copy() {
        DirectoryConfig other = new DirectoryConfig(handlers.copy(), commands.copy(), changes.copy(), access.copy());
        other.execCgi = execCgi;
        other.followSymlinks = followSymlinks;
        other.links = links;
        other.pathInfo = pathInfo;
        other.engineOff = engineOff;
        other.directoryIndex = directoryIndex;
        other.fallback = fallback;
        other.override = override;
        return other;
    }

    /** Denies every request from here down; no directive lifts that. */
    public void denyAll(String reason) {
        access.finalDenial = Optional.of(reason);
    }

    /**
     * Returns the refusal that applies to a request: of access control (403), else of a directive about URLs; empty if
     * the configuration refuses nothing.
     */
    public Optional<Denial> denial(UrlPaths request) {
        return access.denial(request, links);
    }

    /** Returns the handler of a file, in lower case. Only the last extension of its name counts. */
    public Optional<String> handlerOf(String fileName) {
        return handlers.handlerOf(fileName);
    }

    /** Returns whether a file is a program, here or in another server, so that its source must not be sent. */
    public boolean isProgram(String fileName) {
        return handlers.isProgram(fileName);
    }

    /** Returns whether a line that has no effect here would run a file in httpd. Then no handler has its source sent. */
    public boolean isProtectedSource(String fileName) {
        return handlers.sources.has(FileSuffix.of(fileName));
    }

    /** Returns the wrapper for a file (FcgidWrapper): the one of its suffix, else the one for all files. */
    public Optional<Wrapper> wrapperOf(String fileName) {
        return commands.wrapperOf(fileName);
    }

    /** Returns the variables of the processes, by name (FcgidInitialEnv). */
    public Map<String, String> initialEnvironment() {
        return Collections.unmodifiableMap(commands.initialEnvironment);
    }

    /** Returns the variables of each request, by name (SetEnv). */
    public Map<String, String> requestEnvironment() {
        return Collections.unmodifiableMap(commands.requestEnvironment);
    }

    /** Returns the request headers that are passed on besides the usual ones, in lower case (FcgidPassHeader). */
    public Set<String> passHeaders() {
        return Collections.unmodifiableSet(commands.passHeaders);
    }

    /** Returns the part of an application beside others when processes are scarce (FcgidWeight). */
    public int weight() {
        return commands.weight;
    }

    /** Returns which changed files replace an application whose own files are these, and how. */
    public ChangePolicy policy(List<Path> ownFiles) {
        return changes.policy(ownFiles);
    }

    /** Returns whether scripts may run (Options ExecCGI). */
    public boolean execCgi() {
        return execCgi;
    }

    /** Returns whether symbolic links may lead out of the served directory (Options FollowSymLinks). */
    public boolean followSymlinks() {
        return followSymlinks;
    }

    /** Returns which symbolic links in this directory are followed. */
    public LinkPolicy links() {
        return links;
    }

    /** Returns whether scripts may be asked with a path behind their name (AcceptPathInfo). */
    public boolean pathInfo() {
        return pathInfo;
    }

    /**
     * Takes over what another configuration refuses: its denials, and the scripts and links that it forbids.
     *
     * @param other this one after further sections, so it refuses by URL at least what this one refuses
     */
    public void restrictTo(DirectoryConfig other) {
        access.restrictTo(other.access);
        handlers.protect(other.handlers);
        execCgi &= other.execCgi;
        engineOff |= other.engineOff;
        followSymlinks &= other.followSymlinks;
        links = links.restrictedTo(other.links.follow(), other.links.sameOwner());
        pathInfo &= other.pathInfo;
    }

    /** Returns whether {@code php_flag engine off} forbids scripts. */
    public boolean engineOff() {
        return engineOff;
    }

    /** Returns the names of index files, in order of preference (DirectoryIndex). */
    public List<String> directoryIndex() {
        return directoryIndex;
    }

    /** Returns the URL path that answers for missing files (FallbackResource). */
    public Optional<String> fallback() {
        return fallback;
    }

    /** Returns which directives a {@code .htaccess} file here may use (AllowOverride). */
    public AllowOverride override() {
        return override;
    }
}
