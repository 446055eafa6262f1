/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command that runs a file, its environment, and the headers it is given. */
class CommandDirectivesTest {

    private static Wrapper wrapper(boolean virtual, String... argv) {
        return new Wrapper(List.of(argv), virtual);
    }

    @Test
    void wrapperOfASuffixWinsOverTheOneForAll() {
        DirectoryConfig config = CompiledText.server(
                        "FcgidWrapper \"/bin/sh -c 'a b'\" .PHP", "FCGIWrapper /bin/sh virtual")
                .config();

        assertThat(config.wrapperOf("x.php")).hasValue(wrapper(false, "/bin/sh", "-c", "a b"));
        assertThat(config.wrapperOf("X.PHP")).hasValue(wrapper(false, "/bin/sh", "-c", "a b"));
        assertThat(config.wrapperOf("x.py")).hasValue(wrapper(true, "/bin/sh"));
        assertThat(config.wrapperOf("x")).hasValue(wrapper(true, "/bin/sh"));
    }

    @Test
    void laterWrapperReplacesTheEarlierOneOfItsSuffix() {
        DirectoryConfig config = CompiledText.server("FcgidWrapper /bin/sh .a", "FcgidWrapper /bin/ls .a virtual")
                .config();

        assertThat(config.wrapperOf("x.a")).hasValue(wrapper(true, "/bin/ls"));
        assertThat(config.wrapperOf("x.b")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FcgidWrapper",
                "FcgidWrapper sh",
                "FcgidWrapper /no/such/program",
                "FcgidWrapper /bin",
                "FcgidWrapper \"\"",
                "FcgidWrapper /bin/sh -c",
                "FcgidWrapper /bin/sh ./a",
                "FcgidWrapper /bin/sh ."
            })
    void wrapperMustBeAnExistingProgramWithAKnownOption(String line) {
        assertThatThrownBy(() -> CompiledText.server(line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("test.conf:1: FcgidWrapper: expected ");
    }

    @Test
    void environmentOfProcessesAndOfRequestsAreTwo() {
        DirectoryConfig config = CompiledText.server(
                        "FcgidInitialEnv A 1",
                        "DefaultInitEnv B 2",
                        "FcgidInitialEnv B 3",
                        "FcgidInitialEnv EMPTY",
                        "SetEnv C 4",
                        "SetEnv D 5",
                        "SetEnv E",
                        "UnsetEnv D X")
                .config();

        assertThat(config.initialEnvironment()).isEqualTo(Map.of("A", "1", "B", "3", "EMPTY", ""));
        assertThat(config.requestEnvironment()).isEqualTo(Map.of("C", "4", "E", ""));
    }

    @Test
    void passedHeadersAddUpInLowerCase() {
        DirectoryConfig config = CompiledText.server("FcgidPassHeader X-One", "PassHeader Range", "CGIPassAuth On")
                .config();

        assertThat(config.passHeaders()).containsExactlyInAnyOrder("x-one", "range", "authorization");
        assertThat(CompiledText.server("CGIPassAuth Off").over(config).passHeaders())
                .containsExactlyInAnyOrder("x-one", "range");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FcgidInitialEnv", "SetEnv", "FcgidPassHeader", "FcgidPassHeader a b", "CGIPassAuth"})
    void missingArgumentIsAMistake(String line) {
        assertThatThrownBy(() -> CompiledText.server(line)).hasMessageStartingWith("test.conf:1: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FcgidWrapper /bin/sh", "FcgidInitialEnv A 1", "SetEnv A 1", "FcgidPassHeader a"})
    void htaccessNeedsFileInfo(String line) {
        CompiledText text = CompiledText.htaccessWith("AuthConfig Indexes Limit Options", line);

        DirectoryConfig config = text.config();

        assertThat(config.wrapperOf("x")).isEmpty();
        assertThat(config.initialEnvironment()).isEmpty();
        assertThat(config.requestEnvironment()).isEmpty();
        assertThat(config.passHeaders()).isEmpty();
        assertThat(text.warnings()).singleElement().asString().contains("AllowOverride FileInfo");
        assertThat(CompiledText.htaccessWith("FileInfo", line).warnings()).isEmpty();
    }

    @Test
    void weightIsOneUnlessALaterDirectiveSetsIt() {
        DirectoryConfig config = CompiledText.server("FcgidWeight 3").config();

        assertThat(CompiledText.server("").config().weight()).isEqualTo(1);
        assertThat(config.weight()).isEqualTo(3);
        assertThat(CompiledText.server("").over(config).weight()).isEqualTo(3);
        assertThat(CompiledText.server("FcgidWeight 1000").over(config).weight())
                .isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FcgidWeight", "FcgidWeight 0", "FcgidWeight 1001", "FcgidWeight 2 3", "FcgidWeight x"})
    void weightIsAWholeNumberInItsRange(String line) {
        assertThatThrownBy(() -> CompiledText.server(line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("test.conf:1: FcgidWeight: expected ");
    }
}
