/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.application.ClassLimits;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.mapping.MappingSettings;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.mapping.SiteResolver;
import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.watch.WatchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledInterpretersTest {

    @TempDir
    private Path root;

    @Test
    void workersHaveThePathThatIsSearched() throws Exception {
        Files.writeString(root.resolve("a.fcgi"), "");
        try (InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults());
                SiteResolver resolver = new SiteResolver(
                        new MappingSettings(root, List.of(), Duration.ofSeconds(1), ClassLimits.defaults()), watcher)) {
            Resolution found = resolver.resolve("/a.fcgi");

            assertThat(found).isInstanceOfSatisfying(Resolution.Script.class, script -> assertThat(
                            script.processClass().command().environment())
                    .containsEntry("PATH", ProcessCommand.SEARCH_PATH));
        }
    }

    @Test
    void programOutsideOfItIsNotFound() {
        assertThat(InstalledInterpreters.find("sh")).contains(Path.of("/usr/bin/sh"));
        assertThat(InstalledInterpreters.find("no-such-program")).isEmpty();
    }
}
