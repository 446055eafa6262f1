/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static dev.fcgid4j.directives.AllowOverride.Group.ACCESS;
import static dev.fcgid4j.directives.AllowOverride.Group.HANDLERS;
import static dev.fcgid4j.directives.AllowOverride.Group.INDEXES;
import static dev.fcgid4j.directives.AllowOverride.Group.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which groups of directives a {@code .htaccess} may use. */
class AllowOverrideTest {

    @ParameterizedTest
    @CsvSource({
        "FileInfo,              HANDLERS COMMANDS",
        "Indexes,               INDEXES",
        "AuthConfig,            ACCESS",
        "Limit,                 LIMIT",
        "Options,               OPTIONS",
        "Options=ExecCGI Limit, LIMIT",
        "all,                   HANDLERS COMMANDS INDEXES ACCESS LIMIT OPTIONS",
        "Nonfatal=All Indexes,  INDEXES",
        "Indexes Limit,         INDEXES LIMIT"
    })
    void wordsPermitGroups(String words, String groups) {
        AllowOverride override = CompiledText.allowOverride(words);

        assertThat(override.read()).isTrue();
        assertThat(override.groups())
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(groups.split(" "))
                        .map(AllowOverride.Group::valueOf)
                        .toList());
    }

    @Test
    void noneStopsTheFilesFromBeingRead() {
        assertThat(CompiledText.allowOverride("None")).isEqualTo(AllowOverride.NONE);
        assertThat(AllowOverride.NONE.read()).isFalse();
    }

    @Test
    void byDefaultHandlersIndexesAndAccessArePermitted() {
        assertThat(DirectoryConfig.initial().override()).isEqualTo(AllowOverride.DEFAULT);
        assertThat(AllowOverride.DEFAULT.read()).isTrue();
        assertThat(AllowOverride.DEFAULT.groups()).containsExactlyInAnyOrder(HANDLERS, INDEXES, ACCESS, LIMIT);
    }

    @Test
    void lastDirectiveReplacesTheOthers() {
        assertThat(CompiledText.server("AllowOverride All", "AllowOverride Limit")
                        .config()
                        .override()
                        .groups())
                .containsExactly(LIMIT);
    }

    @Test
    void otherWordIsAMistake() {
        assertThatThrownBy(() -> CompiledText.server("AllowOverride Everything"))
                .hasMessageContaining("AllowOverride: expected None, All, AuthConfig")
                .hasMessageEndingWith("found Everything");
    }

    @Test
    void htaccessMayNotUseAllowOverride() {
        assertThatThrownBy(() -> CompiledText.htaccess("AllowOverride All"))
                .hasMessage(".htaccess:1: AllowOverride: is not allowed in .htaccess");
        assertThatThrownBy(() -> CompiledText.htaccess("<Files x>", "AllowOverride All", "</Files>"))
                .hasMessage(".htaccess:2: AllowOverride: is not allowed in .htaccess");
    }
}
