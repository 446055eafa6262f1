/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessCommandTest {

    private static final Path SITE = Path.of("/srv/site");

    private static ProcessCommand command(String... words) {
        return new ProcessCommand(List.of(words), Map.of(), SITE);
    }

    @ParameterizedTest
    @CsvSource({
        "/srv/site/app.py, true",
        "/srv/site/lib/app.py, false",
        "/usr/bin/python3, true",
        "/srv/conf.ini, true",
        "/srv/site/-u, true"
    })
    void wordOfTheCommandNamesItsFile(Path file, boolean named) {
        ProcessCommand command = command("/usr/bin/python3", "-u", "app.py", "../conf.ini");

        assertThat(command.names(file)).isEqualTo(named);
    }

    @Test
    void firstWordIsTheProgram() {
        assertThat(command("/bin/a", "/bin/b").program()).isEqualTo(Path.of("/bin/a"));
    }

    @Test
    void wordsAreACopy() {
        List<String> words = new ArrayList<>(List.of("/bin/a"));
        ProcessCommand command = new ProcessCommand(words, Map.of(), SITE);

        words.add("more");

        assertThat(command.argv()).containsExactly("/bin/a");
    }

    @Test
    void commandWithoutProgramIsRefused() {
        assertThatThrownBy(ProcessCommandTest::command)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name at least the program");
    }

    @Test
    void relativeWorkingDirectoryIsRefused() {
        Path relative = Path.of("site");

        assertThatThrownBy(() -> new ProcessCommand(List.of("/bin/a"), Map.of(), relative))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not absolute: site");
    }

    @Test
    void settingsRefuseLinesThatAreTooShortToRead() {
        Path parent = Path.of("/tmp");

        assertThatThrownBy(() -> new ProcessSettings(parent, 79, 1, true)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ProcessSettings(parent, 80, 0, true)).isInstanceOf(IllegalArgumentException.class);
    }
}
