/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.codec.Role;
import dev.fcgid4j.directives.DirectoryConfig;
import dev.fcgid4j.directives.Wrapper;
import dev.fcgid4j.process.ProcessCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the process class that runs a script, and splits its URL path. Stateless. */
final class ScriptMatch {

    private static final String PATH = "PATH";

    private ScriptMatch() {}

    /**
     * Answers with a script.
     *
     * @param file the script; need not exist if a virtual wrapper runs it
     */
    static Resolution script(WalkEnd end, Path file, DirectoryConfig config) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put(PATH, ProcessCommand.SEARCH_PATH);
        environment.putAll(config.initialEnvironment());
        Optional<Wrapper> wrapper = config.wrapperOf(file.getFileName().toString());
        ProcessClass processClass = wrapper.isPresent()
                ? wrapperClass(wrapper.get(), environment, end.site(), config)
                : scriptClass(file, environment, end, config);
        ScriptPath path = scriptPath(end, file, environment.getOrDefault(PATH, ProcessCommand.SEARCH_PATH), config);
        return new Resolution.Script(path, processClass, Set.copyOf(config.passHeaders()));
    }

    private static ScriptPath scriptPath(WalkEnd end, Path file, String searchPath, DirectoryConfig config) {
        RequestPath path = end.path();
        String pathInfo = path.join(end.next(), path.segments().size());
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(PATH, searchPath);
        variables.putAll(config.requestEnvironment());
        return new ScriptPath(
                path.join(0, end.next()),
                path.endsWithSlash() ? pathInfo + "/" : pathInfo,
                file,
                end.site().documentRoot(),
                end.alias().url(),
                end.alias().target(),
                Map.copyOf(variables));
    }

    /** The script is the program; it runs in its own directory. */
    private static ProcessClass scriptClass(
            Path file, Map<String, String> environment, WalkEnd end, DirectoryConfig config) {
        Path root = end.alias().directory();
        Path parent = file.getParent();
        return new ProcessClass(
                "/" + root.relativize(file),
                new ProcessCommand(List.of(file.toString()), environment, parent == null ? root : parent),
                config.policy(List.of(file)),
                limits(end.site(), config),
                Role.RESPONDER,
                end.site().group());
    }

    /** The wrapper is the program; it runs in the document root. A change of any file that its command names replaces it. */
    private static ProcessClass wrapperClass(
            Wrapper wrapper, Map<String, String> environment, Site site, DirectoryConfig config) {
        List<Path> files = new ArrayList<>();
        for (String word : wrapper.argv()) {
            if (word.startsWith("/") && FileKinds.isRegularFile(Path.of(word))) {
                files.add(Path.of(word));
            }
        }
        return new ProcessClass(
                String.join(" ", wrapper.argv()),
                new ProcessCommand(wrapper.argv(), environment, site.documentRoot()),
                config.policy(files),
                limits(site, config),
                Role.RESPONDER,
                site.group());
    }

    private static ClassLimits limits(Site site, DirectoryConfig config) {
        return config.weight() == site.limits().weight()
                ? site.limits()
                : site.limits().toBuilder().weight(config.weight()).build();
    }
}
