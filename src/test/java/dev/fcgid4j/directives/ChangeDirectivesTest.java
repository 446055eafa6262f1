/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.watch.Glob;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FcgidReloadTrigger, FcgidWatch, FcgidReplace, FcgidWarmup and FcgidCanary, as the policy they make. */
class ChangeDirectivesTest {

    private static final Path SCRIPT = Path.of("/srv/site/a.fcgi");

    private static ChangePolicy policy(String... lines) {
        return CompiledText.server(lines).config().policy(List.of(SCRIPT));
    }

    @Test
    void withoutDirectivesOwnFilesReplaceAtOnce() {
        assertThat(policy()).isEqualTo(ChangePolicy.strict(List.of(SCRIPT)));
    }

    @ParameterizedTest
    @CsvSource({"tmp/restart.txt, /srv/site/tmp/restart.txt", "/run/x, /run/x", "../x, /srv/x"})
    void reloadTriggerIsOneMoreFile(String argument, Path file) {
        ChangePolicy policy = policy("FcgidReloadTrigger " + argument);

        assertThat(policy.files()).containsExactly(SCRIPT, file);
        assertThat(policy.loads()).isTrue();
    }

    @Test
    void triggerOnlyLeavesNothingElseWatched() {
        ChangePolicy policy = policy("FcgidWatch *.rb", "FcgidReloadTrigger restart.txt Only");

        assertThat(policy.files()).containsExactly(Path.of("/srv/site/restart.txt"));
        assertThat(policy.globs()).isEmpty();
        assertThat(policy.loads()).isFalse();
    }

    @Test
    void triggerNoneTakesAnInheritedOneAway() {
        assertThat(policy("FcgidReloadTrigger restart.txt only", "FcgidReloadTrigger none"))
                .isEqualTo(ChangePolicy.strict(List.of(SCRIPT)));
    }

    @Test
    void watchAddsPatternsBelowTheBaseOrTheRoot() {
        assertThat(policy("FcgidWatch lib/**/*.rb /etc/app/*.conf", "FcgidWatch x")
                        .globs())
                .containsExactly(
                        new Glob(CompiledText.BASE, "lib/**/*.rb"),
                        new Glob(Path.of("/"), "etc/app/*.conf"),
                        new Glob(CompiledText.BASE, "x"));
    }

    @Test
    void replaceWarmupAndCanaryTakeTheLastValue() {
        ChangePolicy policy = policy(
                "FcgidReplace Rolling", "FcgidWarmup /up", "FcgidCanary 5%", "FcgidCanary 50", "FcgidWarmup /ready");

        assertThat(policy.rolling()).isTrue();
        assertThat(policy.warmup()).hasValue("/ready");
        assertThat(policy.canaryPercent()).isEqualTo(50);
    }

    @Test
    void replaceStrictAndWarmupNoneRestoreTheDefaults() {
        ChangePolicy policy =
                policy("FcgidReplace rolling", "FcgidReplace strict", "FcgidWarmup /up", "FcgidWarmup None");

        assertThat(policy.rolling()).isFalse();
        assertThat(policy.warmup()).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FcgidReloadTrigger",
                "FcgidReloadTrigger a b",
                "FcgidReloadTrigger a only b",
                "FcgidWatch",
                "FcgidReplace",
                "FcgidReplace now",
                "FcgidWarmup",
                "FcgidWarmup up",
                "FcgidWarmup /a /b",
                "FcgidCanary",
                "FcgidCanary 51%",
                "FcgidCanary -1",
                "FcgidCanary few"
            })
    void argumentThatIsNotUnderstoodIsAMistake(String line) {
        assertThatThrownBy(() -> policy(line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("test.conf:1: " + line.split(" ", 2)[0] + ": expected ");
    }

    @Test
    void relativePathsOfAnHtaccessBeginInItsDirectory() {
        assertThat(CompiledText.htaccess("FcgidReloadTrigger x")
                        .config()
                        .policy(List.of())
                        .files())
                .containsExactly(CompiledText.BASE.resolve("x"));
    }
}
