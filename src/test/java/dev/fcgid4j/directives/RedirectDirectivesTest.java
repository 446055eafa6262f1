/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Redirect} and {@code RedirectMatch}, of which those that refuse are honoured. */
class RedirectDirectivesTest {

    @ParameterizedTest
    @CsvSource({
        "Redirect 404 /a,           /a,      404",
        "Redirect 404 /a,           /a/b,    404",
        "Redirect 404 /a,           /ab,     200",
        "Redirect 404 /a/,          /a,      200",
        "Redirect 404 /a/,          /a/b,    404",
        "Redirect gone /a,          /a,      410",
        "Redirect GONE /a,          /a,      410",
        "Redirect 503 /,            /x,      503",
        "RedirectMatch 404 /\\.git, /x/.git, 404",
        "RedirectMatch 403 ^/$,     /,       403",
        "RedirectMatch 403 ^/$,     /x,      200"
    })
    void pathOfTheRequestIsRefused(String line, String path, int status) {
        assertThat(CompiledText.server(line).statusOf(path)).isEqualTo(status);
        assertThat(CompiledText.htaccessWith("Indexes", line).statusOf(path)).isEqualTo(status);
    }

    @Test
    void firstThatMatchesGivesTheStatusAndThePlace() {
        DirectoryConfig config =
                CompiledText.server("Redirect 410 /a", "Redirect 404 /a/b").config();

        assertThat(config.denial(CompiledText.request("/a/b"))).hasValue(new Denial(410, "refused by test.conf:1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Redirect",
                "Redirect g",
                "Redirect 404",
                "Redirect gone",
                "Redirect a http://x/",
                "Redirect /a x",
                "Redirect 200 /a http://x/",
                "RedirectMatch ( http://x/",
                "RedirectTemp /a"
            })
    void redirectThatApacheDoesNotAcceptIsAMistake(String line) {
        assertThatThrownBy(() -> CompiledText.htaccess(line)).hasMessageStartingWith(".htaccess:1: Redirect");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Redirect /a http://x/",
                "Redirect 301 /a http://x/",
                "Redirect permanent /a http://x/",
                "RedirectMatch ^/a http://x/",
                "RedirectPermanent /a http://x/",
                "RedirectTemp /a http://x/"
            })
    void redirectElsewhereIsAMistakeOrPassedOver(String line) {
        CompiledText htaccess = CompiledText.htaccess(line, line);

        assertThat(htaccess.statusOf("/a")).isEqualTo(200);
        assertThat(htaccess.warnings()).singleElement().asString().contains("counts only if it refuses");
        assertThatThrownBy(() -> CompiledText.server(line)).hasMessageContaining("counts only if it refuses");
    }

    @ParameterizedTest
    @CsvSource({
        "Redirect 404,          expected a status and a URL path",
        "Redirect 404 /a /b,    expected a status and a URL path",
        "RedirectMatch 404,     expected a status and a regular expression",
        "RedirectMatch 404 (,   not a regular expression"
    })
    void refusalThatIsNotUnderstoodIsAMistake(String line, String expected) {
        assertThatThrownBy(() -> CompiledText.server(line)).hasMessageContaining(expected);
        assertThatThrownBy(() -> CompiledText.htaccess(line)).hasMessageContaining(expected);
    }
}
