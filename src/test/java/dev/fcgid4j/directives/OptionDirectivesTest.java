/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code Options}: scripts and links; what restricts needs no permission. */
class OptionDirectivesTest {

    private static String state(DirectoryConfig config) {
        return (config.execCgi() ? "ExecCGI" : "-") + " " + (config.followSymlinks() ? "FollowSymLinks" : "-");
    }

    @ParameterizedTest
    @CsvSource({
        "SetEnv A,                      ExecCGI -",
        "Options None,                  - -",
        "Options ExecCGI,               ExecCGI -",
        "Options FollowSymLinks,        - FollowSymLinks",
        "Options All,                   ExecCGI FollowSymLinks",
        "Options Indexes MultiViews,    - -",
        "Options +FollowSymLinks,       ExecCGI FollowSymLinks",
        "Options -ExecCGI,              - -",
        "Options -All,                  - -",
        "Options +Indexes,              ExecCGI -",
        "Options -execcgi +FOLLOWSYMLINKS, - FollowSymLinks",
        "Options +ExecCGI -ExecCGI,     - -",
        "Options -ExecCGI +ExecCGI,     ExecCGI -"
    })
    void signsChangeAndPlainWordsReplace(String line, String expected) {
        assertThat(state(CompiledText.server(line).config())).isEqualTo(expected);
        assertThat(state(CompiledText.htaccessWith("Options", line, "SetEnv X").config()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Options None,                    - -,                    false",
        "Options -ExecCGI,                - FollowSymLinks,       false",
        "Options -FollowSymLinks,         ExecCGI -,              false",
        "Options +ExecCGI -FollowSymLinks, ExecCGI -,             true",
        "Options All,                     ExecCGI FollowSymLinks, true",
        "Options FollowSymLinks,          - FollowSymLinks,       true",
        "Options Indexes Includes,        - -,                    false",
        "Options Indexes,                 - -,                    false",
        "Options +Indexes,                ExecCGI FollowSymLinks, false"
    })
    void withoutPermissionOnlyWhatRestrictsCounts(String line, String expected, boolean warned) {
        DirectoryConfig inherited = CompiledText.server("Options All").config();

        CompiledText htaccess = CompiledText.htaccessWith("FileInfo", line);

        assertThat(state(htaccess.over(inherited))).isEqualTo(expected);
        assertThat(htaccess.warnings()).hasSize(warned ? 1 : 0);
    }
}
