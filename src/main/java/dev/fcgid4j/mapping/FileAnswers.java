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
import java.util.Optional;

/**
 * Answers for the file at the end of a {@link DirectoryWalk}: a script, a plain file, or a refusal.
 *
 * <p>The source of a program is never sent: not by its own name, not as a copy, not through a link.
 *
 * <p>Threading: one thread, one use.
 */
final class FileAnswers {

    private final WalkEnd end;

    FileAnswers(WalkEnd end) {
        this.end = end;
    }

    /** Answers for a file that exists. */
    Resolution existing(Path file) {
        String name = file.getFileName().toString();
        DirectoryConfig config = end.configOf(file);
        Optional<Resolution> refusal = refusal(file, config);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!FileKinds.isRegularFile(file)) {
            return new Resolution.Refused(403, "neither a file nor a directory: " + file); // a named pipe, a device
        }
        String handler = end.alias().scripts()
                ? Handlers.FCGID_SCRIPT
                : config.handlerOf(name).orElse("");
        if (handler.equals(Handlers.FCGID_SCRIPT)) {
            return end.isExact() || config.pathInfo()
                    ? script(file, config)
                    : new Resolution.Refused(404, "AcceptPathInfo Off applies to " + file);
        }
        boolean sendAsIs = handler.equals(Handlers.DEFAULT);
        if (config.isProtectedSource(name) || (!sendAsIs && isSource(name, config))) {
            return sourceRefusal(file + (handler.isEmpty() ? "" : "; the handler " + handler + " is not here"));
        }
        if (!end.isExact()) {
            return new Resolution.Refused(404, "a path below a plain file: " + file);
        }
        if (!Files.isReadable(file)) {
            return new Resolution.Refused(403, "not a readable file: " + file);
        }
        Optional<Resolution> disguise = sendAsIs ? Optional.empty() : disguiseRefusal(file, name);
        return disguise.orElseGet(() -> new Resolution.StaticFile(file));
    }

    /** Answers with a script, unless its configuration forbids scripts. */
    Resolution script(Path file, DirectoryConfig config) {
        if (config.engineOff()) {
            return new Resolution.Refused(403, "php_flag engine off applies to " + file);
        }
        if (!config.execCgi() && !end.alias().scripts()) {
            return new Resolution.Refused(403, "Options -ExecCGI applies to " + file);
        }
        return ScriptMatch.script(end, file, config);
    }

    /** Returns whether a name need not exist as a file, because a virtual wrapper runs it. */
    static boolean isVirtual(String name, DirectoryConfig config) {
        return config.handlerOf(name).filter(Handlers.FCGID_SCRIPT::equals).isPresent()
                && config.wrapperOf(name).filter(Wrapper::virtual).isPresent();
    }

    // ---- refusals -------------------------------------------------------------------------------------------------

    /** Returns the refusal by the configuration, or by a symbolic link that leads out; empty if there is none. */
    Optional<Resolution> refusal(Path file, DirectoryConfig config) {
        return denial(config, end.request()).or(() -> linkRefusal(file, config));
    }

    /** Returns the refusal by the configuration; empty if there is none. */
    static Optional<Resolution> denial(DirectoryConfig config, UrlPaths request) {
        return config.denial(request).map(denial -> new Resolution.Refused(denial.status(), denial.reason()));
    }

    private Optional<Resolution> linkRefusal(Path file, DirectoryConfig config) {
        return leavesAlias(file) && !config.followSymlinks()
                ? Optional.of(new Resolution.Refused(
                        403,
                        "a symbolic link leads out of " + end.alias().directory() + ": " + file
                                + "; Options FollowSymLinks allows it"))
                : Optional.empty();
    }

    private boolean leavesAlias(Path file) {
        if (end.alias().isFile()) {
            return false; // an alias for one file permits what that file leads to
        }
        try {
            return !file.toRealPath().startsWith(end.alias().directory().toRealPath());
        } catch (IOException e) {
            FileKinds.check(e);
            return !Files.notExists(file, LinkOption.NOFOLLOW_LINKS); // removed meanwhile, or a link to nowhere
        }
    }

    /** Returns the refusal of a file that is a copy of, or a link to, a file that is not sent; empty if there is none. */
    private Optional<Resolution> disguiseRefusal(Path file, String name) {
        Optional<Resolution> refusal = SourceProtection.originals(name).stream()
                .flatMap(original -> siblingRefusal(file, original).stream())
                .findFirst();
        if (refusal.isPresent()) {
            return refusal;
        }
        try {
            Path real = file.toRealPath();
            if (isHidden(real)) {
                return Optional.of(new Resolution.Refused(404, "a link to a hidden name: " + file + " is " + real));
            }
            String realName = real.getFileName().toString();
            return realName.equals(name) ? Optional.empty() : siblingRefusal(file, realName);
        } catch (IOException e) {
            FileKinds.check(e);
            return Optional.of(new Resolution.Refused(404, "gone meanwhile: " + file));
        }
    }

    /** Returns whether a name on the way from the alias's directory to a file is hidden. */
    private boolean isHidden(Path real) throws IOException {
        Path root = end.alias().directory().toRealPath();
        if (!real.startsWith(root)) {
            return false;
        }
        for (Path name : root.relativize(real)) {
            if (SourceProtection.isHidden(name.toString())) {
                return true;
            }
        }
        return false;
    }

    /** Returns the refusal of a file of another name in the same directory; empty if that file would be sent. */
    private Optional<Resolution> siblingRefusal(Path file, String name) {
        UrlPaths request = end.request().named(name);
        DirectoryConfig config = end.sections().forFile(file.resolveSibling(name), SectionMerge.Access.NAMED, request);
        return denial(config, request)
                .or(() -> isSource(name, config)
                        ? Optional.of(sourceRefusal(name + " under another name"))
                        : Optional.empty());
    }

    private static boolean isSource(String name, DirectoryConfig config) {
        return config.isProgram(name) || SourceProtection.isSource(name);
    }

    private static Resolution sourceRefusal(String what) {
        return new Resolution.Refused(403, "source of a program that no handler runs: " + what);
    }
}
