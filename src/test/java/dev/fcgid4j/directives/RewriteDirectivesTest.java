/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code RewriteRule}, of which unconditional refusals are honoured, in their order. */
class RewriteDirectivesTest {

    private static int status(String path, String... lines) {
        return CompiledText.htaccess(lines).statusOf(path);
    }

    @ParameterizedTest
    @CsvSource({
        "[F],             403",
        "[forbidden],     403",
        "[G],             410",
        "[gone],          410",
        "'[R=404,L]',     404",
        "[redirect=503],  503",
        "'[NC, F]',       403",
        "[R=301],         200",
        "[L],             200"
    })
    void flagsGiveTheStatus(String flags, int status) {
        assertThat(status("/lib/x", "RewriteRule ^lib/ - \"" + flags + "\"")).isEqualTo(status);
    }

    @Test
    void htaccessTriesWhatFollowsItsDirectory() {
        String rule = "RewriteRule ^a$ - [F]";

        assertThat(status("/a", rule)).isEqualTo(403);
        assertThat(status("/b/a", rule)).isEqualTo(200);
    }

    @Test
    void serverFileTriesTheWholePath() {
        assertThat(CompiledText.server("RewriteRule ^/a$ - [F]").statusOf("/a")).isEqualTo(403);
        assertThat(CompiledText.server("RewriteRule ^a$ - [F]").statusOf("/a")).isEqualTo(200);
    }

    @Test
    void outsideOfItsDirectoryTheWholePathIsTriedWithoutItsSlash() {
        DirectoryConfig config = CompiledText.htaccess("RewriteRule ^a$ - [F]").config();

        assertThat(config.denial(new UrlPaths("/a", "/elsewhere/a"))).isPresent();
        assertThat(config.denial(new UrlPaths("/b", "/elsewhere/a"))).isEmpty();
    }

    @Test
    void conditionBelongsToTheNextRuleOnly() {
        String[] lines = {"RewriteCond %{QUERY_STRING} x", "RewriteRule a - [F]", "RewriteRule b - [F]"};

        assertThat(status("/a", lines)).isEqualTo(200);
        assertThat(status("/b", lines)).isEqualTo(403);
    }

    @Test
    void chainedRuleIsTheConditionOfTheNext() {
        String[] lines = {"RewriteRule a - [C]", "RewriteRule b - [F]", "RewriteRule c - [F]"};

        assertThat(status("/ab", lines)).isEqualTo(200);
        assertThat(status("/c", lines)).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({"L, 200", "last, 200", "END, 200", "NC, 403"})
    void ruleThatEndsTheRulesShieldsItsPath(String flag, int status) {
        assertThat(status("/public/x", "RewriteRule ^public/ - [" + flag + "]", "RewriteRule . - [F]"))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"/a1, 200", "/a2, 200", "/a3, 403", "/b2, 403"})
    void ruleThatSkipsShieldsItsPathFromSome(String path, int status) {
        String[] lines = {
            "RewriteRule ^a - [S=2]",
            "RewriteCond %{HTTP_HOST} x",
            "RewriteRule ^x y",
            "RewriteRule 2 - [F]",
            "RewriteRule 3 - [F]"
        };

        assertThat(status(path, lines)).isEqualTo(status);
    }

    @Test
    void negatedPatternRefusesWhatItDoesNotMatch() {
        assertThat(status("/a", "RewriteRule !^a - [F]")).isEqualTo(200);
        assertThat(status("/b", "RewriteRule !^a - [F]")).isEqualTo(403);
    }

    @Test
    void caseCountsUnlessAFlagSaysOtherwise() {
        assertThat(status("/A", "RewriteRule ^a - [F]")).isEqualTo(200);
        assertThat(status("/A", "RewriteRule ^a - [F,NC]")).isEqualTo(403);
        assertThat(status("/A", "RewriteRule ^a - [F,nocase]")).isEqualTo(403);
    }

    @Test
    void denialNamesTheFirstRuleThatRefuses() {
        DirectoryConfig config = CompiledText.htaccess(
                        "RewriteRule ^x - [L]", "RewriteRule ^a - [F]", "RewriteRule ^b - [G]")
                .config();

        assertThat(config.denial(CompiledText.request("/b"))).hasValue(new Denial(410, "refused by .htaccess:2"));
    }

    @Test
    void engineOffSwitchesAllRulesOff() {
        assertThat(status("/a", "RewriteEngine Off", "RewriteRule a - [F]")).isEqualTo(200);
        assertThat(status("/a", "RewriteEngine Off", "RewriteEngine On", "RewriteBase /x", "RewriteRule a - [F]"))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "RewriteRule ^a b [L],           true",
        "RewriteRule ^a http://x/ [R],   true",
        "RewriteRule ^a - [L],           false",
        "RewriteRule ^a - [E=X:1],       false"
    })
    void ruleThatLeadsElsewhereIsPassedOverWithOneWarning(String line, boolean warned) {
        CompiledText htaccess = CompiledText.htaccess(line, line);

        assertThat(htaccess.statusOf("/a")).isEqualTo(200);
        assertThat(htaccess.warnings()).hasSize(warned ? 1 : 0);
    }

    @Test
    void ruleThatLeadsElsewhereIsAMistakeInTheServersFile() {
        assertThatThrownBy(() -> CompiledText.server("RewriteRule ^/a /b"))
                .hasMessageStartingWith("test.conf:1: RewriteRule counts only if it refuses and has no condition");
    }

    @ParameterizedTest
    @CsvSource({
        "RewriteRule a,         expected a pattern and a target",
        "RewriteRule ( - [F],   not a regular expression"
    })
    void ruleThatIsNotUnderstoodIsAMistake(String line, String expected) {
        assertThatThrownBy(() -> CompiledText.htaccess(line)).hasMessageContaining(expected);
    }

    @Test
    void ruleInAFilesSectionAppliesToThatFile() {
        CompiledText text = CompiledText.htaccess("<Files a>", "RewriteRule a - [F]", "</Files>");

        assertThat(text.forFile("a").denial(CompiledText.request("/a"))).isPresent();
        assertThat(text.forFile("b").denial(CompiledText.request("/a"))).isEmpty();
    }
}
