/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where directives and sections may stand, and what becomes of unknown ones. */
class DirectiveCompilerTest {

    @Test
    void unknownDirectiveIsAMistake() {
        assertThatThrownBy(() -> CompiledText.server("NoSuch 1"))
                .hasMessage("test.conf:1: NoSuch is not known; see docs/configuration.md for those that are");
        assertThatThrownBy(() -> CompiledText.htaccess("NoSuch 1"))
                .hasMessageStartingWith(".htaccess:1: NoSuch is not known, so it may be a slip in a line that denies");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ExpiresActive On",
                "header set X y",
                "php_value memory_limit 1G",
                "ErrorDocument 404 /x",
                "PassengerEnabled on",
                "FcgidMaxProcesses 1"
            })
    void directiveThatHttpdKnowsAndThatRefusesNothingIsPassedOverInHtaccess(String line) {
        assertThat(CompiledText.htaccess(line).warnings())
                .singleElement()
                .asString()
                .contains(" is not known")
                .endsWith(" and is ignored");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Requre all denied",
                "Denyfrom all",
                "Require\u200b all denied",
                "\ufeffRequire all denied",
                "\u00a0Deny from all",
                "Ordr deny,allow",
                "Error closed",
                "ServerName x",
                "Listen 80",
                "Alias /a /b",
                "ScriptAlias /a /b",
                "DocumentRoot /x",
                "\ufeff# comment",
                "\u00a0",
                "\u200b# comment",
                "Use Private",
                "AllowMethods GET",
                "FcgidAuthorzer /x",
                "LuaHookAuthChecker x y",
                "<File secret.txt>\nRequire all denied\n</File>"
            })
    void lineThatIsNotRecognisedIsAMistakeInHtaccess(String line) {
        assertThatThrownBy(() -> CompiledText.htaccess("Require all granted", line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(".htaccess:2: ");
    }

    @Test
    void unknownLimitIsPointedOutsideSections() {
        assertThatThrownBy(() -> CompiledText.server("<Files x>", "FcgidMaxProcesses 1", "</Files>"))
                .hasMessageContaining("outside sections");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DocumentRoot /x", "Listen 80", "Alias /a /b", "ScriptAlias /a /b", "ServerName x"})
    void directiveOfTheWholeServerStandsOutsideSections(String line) {
        assertThat(CompiledText.server(line).section().changes()).isEmpty();
        assertThatThrownBy(() -> CompiledText.server("<Location /x>", line, "</Location>"))
                .hasMessageEndingWith("doesn't count inside a section; put it outside");
        assertThatThrownBy(() -> CompiledText.htaccess(line)).hasMessageEndingWith("is not allowed in .htaccess");
    }

    @ParameterizedTest
    @CsvSource({
        "Directory /a,   Directory /b,   doesn't count inside another section; put it outside",
        "Location /a,    Directory /b,   doesn't count inside another section; put it outside",
        "Directory /a,   Location /b,    doesn't count inside another section; put it outside",
        "Location /a,    Files b,        doesn't count inside <Location>; put it outside",
        "Files a,        Files b,        doesn't count inside <Files>; put it outside"
    })
    void sectionThatWouldNotCountIsAMistake(String outer, String inner, String mistake) {
        String[] lines = {"<" + outer + ">", "<" + inner + ">", end(inner), end(outer)};

        assertThatThrownBy(() -> CompiledText.server(lines)).hasMessageEndingWith(mistake);
    }

    private static String end(String opening) {
        return "</" + opening.split(" ", 2)[0] + ">";
    }

    @ParameterizedTest
    @ValueSource(strings = {"Directory /a", "DirectoryMatch a", "Location /a", "LocationMatch a"})
    void htaccessHasNoSectionsForDirectoriesAndUrls(String opening) {
        assertThatThrownBy(() -> CompiledText.htaccess("<" + opening + ">", end(opening)))
                .hasMessageEndingWith("is not allowed in .htaccess");
    }

    @Test
    void sectionsAreSortedByWhatTheyMatch() {
        CompiledSection section = CompiledText.server(
                        "<Directory /a>",
                        "<Files f>",
                        "</Files>",
                        "</Directory>",
                        "<DirectoryMatch b>",
                        "</DirectoryMatch>",
                        "<Directory ~ c>",
                        "</Directory>",
                        "<Files x>",
                        "</Files>",
                        "<FilesMatch y>",
                        "</FilesMatch>",
                        "<Location /d>",
                        "</Location>")
                .section();

        assertThat(section.directories())
                .singleElement()
                .satisfies(directory -> assertThat(directory.section().files()).hasSize(1));
        assertThat(section.directoryMatches()).hasSize(2);
        assertThat(section.files()).hasSize(2);
        assertThat(section.locations()).hasSize(1);
    }

    @Test
    void filesInsideFilesOfHtaccessStandsBesideIt() {
        CompiledText text =
                CompiledText.htaccess("<Files a>", "SetHandler x", "<Files b>", "SetHandler y", "</Files>", "</Files>");

        assertThat(text.forFile("a").handlerOf("a")).hasValue("x");
        assertThat(text.forFile("b").handlerOf("b")).hasValue("y");
    }

    @Test
    void firstDirectoryIndexOfAPlaceReplacesAndOthersAdd() {
        DirectoryConfig inherited =
                CompiledText.server("DirectoryIndex a b", "DirectoryIndex c").config();
        assertThat(inherited.directoryIndex()).containsExactly("a", "b", "c");

        assertThat(CompiledText.htaccess("DirectoryIndex d").over(inherited).directoryIndex())
                .containsExactly("d");
        assertThat(CompiledText.server("DirectoryIndex a", "DirectoryIndex disabled", "DirectoryIndex b")
                        .config()
                        .directoryIndex())
                .containsExactly("b");
        assertThat(CompiledText.server("DirectoryIndex disabled").config().directoryIndex())
                .isEqualTo(List.of());
    }

    @Test
    void fallbackResourceIsSwitchedOffByDisabled() {
        assertThat(CompiledText.server("FallbackResource /i.php").config().fallback())
                .hasValue("/i.php");
        assertThat(CompiledText.server("FallbackResource /i.php", "FallbackResource disabled")
                        .config()
                        .fallback())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DirectoryIndex x", "FallbackResource x"})
    void indexesNeedTheirPermissionInHtaccess(String line) {
        CompiledText text = CompiledText.htaccessWith("FileInfo", line);

        assertThat(text.config().directoryIndex())
                .isEqualTo(DirectoryConfig.initial().directoryIndex());
        assertThat(text.config().fallback()).isEmpty();
        assertThat(text.warnings()).singleElement().asString().contains("AllowOverride Indexes");
    }

    @Test
    void copyIsIndependent() {
        DirectoryConfig one = CompiledText.server("SetEnv A 1", "FcgidWatch x").config();

        DirectoryConfig two = CompiledText.server("SetEnv B 2", "UnsetEnv A", "FcgidWatch y", "Options None")
                .over(one.copy());

        assertThat(one.requestEnvironment()).containsOnlyKeys("A");
        assertThat(two.requestEnvironment()).containsOnlyKeys("B");
        assertThat(one.policy(List.of()).globs()).hasSize(1);
        assertThat(one.execCgi()).isTrue();
        assertThat(two.execCgi()).isFalse();
    }
}
