/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.directives.DirectoryConfig;
import dev.fcgid4j.directives.Wrapper;
import dev.fcgid4j.process.ProcessCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From a script and its rules to what is run for it. Stateless. */
final class ScriptMatch {

    private ScriptMatch() {}

    /**
     * The answer that a script gives.
     *
     * @param next how many segments of the path lead to the script; the others are its PATH_INFO
     * @param file the script, which need not exist behind a virtual wrapper
     */
    static Resolution script(
            SiteResolver.Site site, Alias root, RequestPath path, int next, Path file, DirectoryConfig rules) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", ProcessCommand.SEARCH_PATH);
        environment.putAll(rules.initialEnvironment());
        Optional<Wrapper> wrapper = rules.wrapperOf(file.getFileName().toString());
        ProcessClass processClass = wrapper.isPresent()
                ? wrapped(wrapper.get(), environment, site, rules)
                : new ProcessClass(
                        "/" + root.directory().relativize(file),
                        new ProcessCommand(List.of(file.toString()), environment, directoryOf(file, root)),
                        rules.policy(List.of(file)),
                        site.limits());
        String pathInfo = path.join(next, path.segments().size());
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("PATH", environment.getOrDefault("PATH", ProcessCommand.SEARCH_PATH));
        variables.putAll(rules.requestEnvironment());
        ScriptPath scriptPath = new ScriptPath(
                path.join(0, next),
                path.endsWithSlash() ? pathInfo + "/" : pathInfo,
                file,
                site.documentRoot(),
                root.url(),
                root.target(),
                Map.copyOf(variables));
        return new Resolution.Script(scriptPath, processClass, Set.copyOf(rules.passHeaders()));
    }

    private static Path directoryOf(Path file, Alias root) {
        Path parent = file.getParent();
        return parent == null ? root.directory() : parent;
    }

    private static ProcessClass wrapped(
            Wrapper wrapper, Map<String, String> environment, SiteResolver.Site site, DirectoryConfig rules) {
        List<Path> watched = new ArrayList<>();
        for (String word : wrapper.argv()) {
            if (word.startsWith("/") && Files.isRegularFile(Path.of(word))) {
                watched.add(Path.of(word));
            }
        }
        return new ProcessClass(
                String.join(" ", wrapper.argv()),
                new ProcessCommand(wrapper.argv(), environment, site.documentRoot()),
                rules.policy(watched),
                site.limits());
    }
}
