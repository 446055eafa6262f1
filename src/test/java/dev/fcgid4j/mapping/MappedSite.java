/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.watch.WatchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A site in a temporary folder, and the answers to requests for it as short texts. */
final class MappedSite implements AutoCloseable {

    private final Path root;
    private final InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults());

    MappedSite(Path folder) throws IOException {
        root = Files.createDirectories(folder.toRealPath().resolve("site"));
        files("index.html", "a.fcgi", "page.php", "x.txt", "sub/x.txt", "sub/a.fcgi", "sub/deep/x.txt");
    }

    Path root() {
        return root;
    }

    /** Makes files whose content is their own name. */
    MappedSite files(String... names) throws IOException {
        for (String name : names) {
            file(name, name);
        }
        return this;
    }

    MappedSite file(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content.replace("ROOT", root.toString()));
        return this;
    }

    /** Resolves a target under a configuration, in which ROOT stands for the folder. */
    Resolution resolve(String directives, String target) {
        String text = directives.replace("ROOT", root.toString());
        try (SiteResolver resolver = new SiteResolver(
                new MappingSettings(
                        root,
                        ApacheConfigParser.parse(text, "test.conf"),
                        Duration.ofSeconds(1),
                        ClassLimits.defaults()),
                watcher)) {
            return resolver.resolve(target);
        }
    }

    /** Returns the answer as script:name:info, file:name, moved:location, or the status. */
    String answer(String directives, String target) {
        return words(resolve(directives, target));
    }

    private String words(Resolution found) {
        if (found instanceof Resolution.Script script) {
            return "script:" + script.path().scriptName() + ":" + script.path().pathInfo();
        }
        if (found instanceof Resolution.StaticFile file) {
            return "file:" + root.relativize(file.file());
        }
        if (found instanceof Resolution.Moved moved) {
            return "moved:" + moved.location();
        }
        return Integer.toString(((Resolution.Refused) found).status());
    }

    @Override
    public void close() {
        watcher.close();
    }
}
