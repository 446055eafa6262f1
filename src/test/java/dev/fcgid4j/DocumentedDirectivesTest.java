/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.docs.MarkdownPage;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.inotify.InotifyWatcher;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.mapping.SiteResolver;
import dev.fcgid4j.watch.WatchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables of docs/configuration.md name directives that exist, with their defaults. */
class DocumentedDirectivesTest {

    private static final Pattern DIRECTIVE = Pattern.compile("`([A-Z]\\w+)[^`]*`");
    private static final Pattern PLAIN_DEFAULT = Pattern.compile("\\d+(?: \\(off\\))?|On|Off|strict");

    @TempDir
    private static Path root;

    /** The tables whose first column is a directive: those before the sections are explained. */
    private static Stream<List<String>> rows() {
        return MarkdownPage.read(Path.of("docs/configuration.md")).lines().stream()
                .takeWhile(line -> !line.equals("## Sections"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> Stream.of(line.substring(2).split(" \\| ")).toList());
    }

    private static List<String> names(String cell) {
        return DIRECTIVE.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    static Stream<String> documentedDirectives() {
        return rows().flatMap(row -> names(row.get(0)).stream()).distinct();
    }

    /** Directives with a number or a word as default, as a line of configuration. */
    static Stream<String> documentedDefaults() {
        return rows().flatMap(row -> {
            List<String> names = names(row.get(0));
            List<String> defaults = List.of(row.get(1).split(", "));
            return names.size() != defaults.size()
                    ? Stream.of()
                    : IntStream.range(0, names.size())
                            .filter(i -> PLAIN_DEFAULT.matcher(defaults.get(i)).matches())
                            .mapToObj(i -> names.get(i) + " " + defaults.get(i).replace(" (off)", ""));
        });
    }

    private static FcgiProcessManager.Builder site(String directives) {
        return FcgiProcessManager.builder().documentRoot(root).directives(directives);
    }

    private static FcgiSettings settings(String directives) {
        return site(directives).settings();
    }

    @Test
    void misspeltDirectiveIsNotKnown() {
        assertThatThrownBy(() -> site("FcgidNonsense 1").start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("is not known here");
    }

    @ParameterizedTest
    @MethodSource("documentedDirectives")
    void documentedDirectiveIsKnown(String name) {
        String mistake = "";
        try {
            site(name + " nonsense").start().close();
        } catch (ConfigurationException e) {
            mistake = e.getMessage();
        }

        assertThat(mistake).doesNotContain("is not known here");
    }

    @ParameterizedTest
    @MethodSource("documentedDefaults")
    void documentedDefaultIsTheDefault(String line) {
        FcgiSettings said = settings(line);
        FcgiSettings unsaid = settings("");

        assertThat(said)
                .usingRecursiveComparison()
                .ignoringFields("mapping.directives", "listen")
                .isEqualTo(unsaid);
    }

    @ParameterizedTest
    @MethodSource("documentedDefaults")
    void documentedDefaultChangesNoProcessClass(String line) throws IOException {
        Files.writeString(root.resolve("x.fcgi"), "#!/bin/sh");

        try (InotifyWatcher watcher = InotifyWatcher.open(WatchSettings.defaults())) {
            assertThat(processClass(line, watcher)).isEqualTo(processClass("", watcher));
        }
    }

    private static ProcessClass processClass(String directives, InotifyWatcher watcher) {
        try (SiteResolver resolver = new SiteResolver(settings(directives).mapping(), watcher)) {
            return ((Resolution.Script) resolver.resolve("/x.fcgi")).processClass();
        }
    }
}
