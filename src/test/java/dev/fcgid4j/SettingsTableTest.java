/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A directive and the builder's method of the same name are one setting: same result, same range, same mistake. */
class SettingsTableTest {

    private static final Path TMP = Path.of("/tmp");

    @TempDir
    private Path temp;

    private FcgiSettings.Builder builder() {
        return FcgiSettings.builder().documentRoot(temp);
    }

    @ParameterizedTest
    @MethodSource("dev.fcgid4j.SettingsCase#valid")
    void textAndJavaGiveTheSameSettings(SettingsCase each) {
        FcgiSettings byText = builder().directives(each.directive()).build();
        FcgiSettings byJava = each.call().apply(builder()).build();

        assertThat(byText).usingRecursiveComparison().isEqualTo(byJava);
    }

    @ParameterizedTest
    @MethodSource("dev.fcgid4j.SettingsCase#valid")
    void valueReachesItsPlaceInTheSettings(SettingsCase each) {
        FcgiSettings settings = each.call().apply(builder()).build();

        assertThat(each.reader().apply(settings)).isEqualTo(each.value());
    }

    @ParameterizedTest
    @MethodSource("dev.fcgid4j.SettingsCase#valid")
    void settingsThatWereBuiltCanBeBuiltOn(SettingsCase each) {
        FcgiSettings first = each.call().apply(builder()).build();

        FcgiSettings second = FcgiSettings.builder().settings(first).build();

        assertThat(second).usingRecursiveComparison().isEqualTo(first);
    }

    @ParameterizedTest
    @MethodSource("dev.fcgid4j.SettingsCase#outOfRange")
    void textAndJavaRefuseTheSameValuesInTheSameWords(SettingsCase each) {
        assertThatThrownBy(() -> each.call().apply(builder()))
                .isInstanceOf(ConfigurationException.class)
                .satisfies(byJava -> assertThatThrownBy(() -> builder().directives(each.directive(), "test.conf"))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessage("test.conf:1: " + byJava.getMessage()));
    }

    @ParameterizedTest
    @MethodSource("dev.fcgid4j.SettingsCase#timesOutOfRange")
    void textAndJavaRefuseTheSameTimes(SettingsCase each) {
        assertThatThrownBy(() -> each.call().apply(builder()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching(each.name() + ": expected .*, found PT.*");
        assertThatThrownBy(() -> builder().directives(each.directive(), "test.conf"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageMatching("test.conf:1: " + each.name() + ": expected .*, found [-.0-9]+");
    }

    @Test
    void everyRowIsTried() {
        assertThat(SettingsCase.valid().stream().map(SettingsCase::name))
                .containsExactlyInAnyOrderElementsOf(SettingsTable.rows().stream()
                        .map(Setting::name)
                        .distinct()
                        .toList());
    }

    @Test
    void everyRowIsDocumented() throws IOException {
        String page = Files.readString(Path.of("docs/configuration.md"));

        assertThat(SettingsTable.rows()).extracting(Setting::name).allSatisfy(name -> assertThat(page)
                .containsPattern("`" + name + "[ `]"));
    }

    @Test
    void everyRowHasAMethodThatIsNamedAfterIt() {
        assertThat(Stream.of(SettingsBuilder.class.getMethods()).map(Method::getName))
                .containsAll(SettingsTable.rows().stream()
                        .map(row -> methodName(row.name()))
                        .toList());
    }

    /** Without Fcgid; the first word in lower case, a leading acronym as a whole. */
    private static String methodName(String directive) {
        String name = directive.startsWith("Fcgid") ? directive.substring(5) : directive;
        if (name.startsWith("XSend") || name.startsWith("XAccel")) {
            return "x" + name.substring(1);
        }
        int acronym = 0;
        while (Character.isUpperCase(name.charAt(acronym))) {
            acronym++;
        }
        int end = Math.max(1, acronym - 1);
        return name.substring(0, end).toLowerCase(Locale.ROOT) + name.substring(end);
    }

    @ParameterizedTest
    @MethodSource("dev.fcgid4j.SettingsCase#valid")
    void oldNameMeansTheSame(SettingsCase each) {
        Setting<?> row =
                SettingsTable.find(each.name().toLowerCase(Locale.ROOT)).orElseThrow();
        for (String old : row.oldNames()) {
            String line = old + each.directive().substring(each.name().length());

            assertThat(builder().directives(line).build())
                    .usingRecursiveComparison()
                    .isEqualTo(each.call().apply(builder()).build());
        }
    }

    @Test
    void laterOneWinsWhicheverDoorItComesThrough() {
        assertThat(builder()
                        .maxProcessesPerClass(8)
                        .directives("FcgidMaxProcessesPerClass 9")
                        .build()
                        .limits()
                        .maxProcesses())
                .isEqualTo(9);
        assertThat(builder()
                        .directives("FcgidMaxProcessesPerClass 9")
                        .maxProcessesPerClass(8)
                        .build()
                        .limits()
                        .maxProcesses())
                .isEqualTo(8);
    }

    @Test
    void xSendFileOffForgetsWhatWasPermitted() {
        assertThat(builder()
                        .xSendFilePath(TMP)
                        .xSendFile(false)
                        .build()
                        .gateway()
                        .sendFile()
                        .folders())
                .isEmpty();
    }

    @Test
    void quietTimeIsTheSameForPoolWatcherAndMapping() {
        FcgiSettings settings = builder().quietTime(Duration.ofSeconds(3)).build();

        assertThat(settings.pool().quietTime())
                .isEqualTo(settings.watch().quietTime())
                .isEqualTo(settings.mapping().quietTime())
                .isEqualTo(Duration.ofSeconds(3));
    }
}
