/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which handler a file has, and whether it is a program. */
class HandlerDirectivesTest {

    private static String handler(String file, String... lines) {
        return CompiledText.server(lines).config().handlerOf(file).orElse("none");
    }

    @ParameterizedTest
    @CsvSource({
        "x.fcgi,     fcgid-script",
        "X.FCGI,     fcgid-script",
        "x.php,      other",
        "x.py,       other",
        "x.php.txt,  none",
        "x,          none",
        "x.fcgi.bak, none"
    })
    void onlyTheLastExtensionOfANameCounts(String file, String handler) {
        assertThat(handler(file, "AddHandler Other .php PY")).isEqualTo(handler);
    }

    @Test
    void setHandlerWinsUntilNoneIsSet() {
        assertThat(handler("x.fcgi", "SetHandler Default-Handler")).isEqualTo("default-handler");
        assertThat(handler("x.fcgi", "SetHandler a", "SetHandler None")).isEqualTo("fcgid-script");
    }

    @Test
    void removeHandlerRemovesAlsoTheInitialOne() {
        assertThat(handler("x.fcgi", "RemoveHandler fcgi .other")).isEqualTo("none");
    }

    @Test
    void typeThatRunsElsewhereStandsInWhereNoHandlerIsNamed() {
        String add = "AddType application/x-httpd-PHP .php .fcgi";

        assertThat(handler("x.php", add)).isEqualTo("application/x-httpd-php");
        assertThat(handler("x.fcgi", add)).isEqualTo("fcgid-script");
        assertThat(handler("x.txt", add, "ForceType application/x-httpd-cgi")).isEqualTo("application/x-httpd-cgi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AddType text/plain .x", "ForceType image/png", "AddType", "ForceType"})
    void otherTypesAreNotKnown(String line) {
        assertThat(CompiledText.htaccess(line).warnings())
                .singleElement()
                .asString()
                .contains(" is not known");
        assertThatThrownBy(() -> CompiledText.server(line)).hasMessageContaining(" is not known");
    }

    @ParameterizedTest
    @CsvSource({
        "SetHandler fcgid-script,                  true",
        "AddHandler cgi-script .x,                 true",
        "AddHandler application/x-httpd-php80 .x,  true",
        "AddHandler server-status .x,              true",
        "AddHandler 'proxy:unix:/run/x' .x,        true",
        "AddType application/x-httpd-php .x,       true",
        "AddHandler default-handler .x,            false",
        "AddHandler type-map .x,                   false",
        "AddHandler cgi-script .y,                 false"
    })
    void fileIsAProgramByItsHandlerOrType(String line, boolean program) {
        assertThat(CompiledText.server(line).config().isProgram("file.x")).isEqualTo(program);
    }

    @Test
    void programStaysOneUnderAHandlerThatSendsIt() {
        DirectoryConfig config = CompiledText.server(
                        "AddHandler cgi-script .a", "AddType application/x-httpd-php .b", "SetHandler default-handler")
                .config();

        assertThat(config.isProgram("x.a")).isTrue();
        assertThat(config.isProgram("x.b")).isTrue();
        assertThat(config.isProgram("x.c")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SetHandler", "SetHandler a b", "AddHandler a", "AddHandler"})
    void missingArgumentIsAMistake(String line) {
        assertThatThrownBy(() -> CompiledText.server(line)).hasMessageContaining(": expected ");
    }

    @Test
    void htaccessMaySetHandlersByDefaultButNotUnderAuthConfigAlone() {
        assertThat(CompiledText.htaccessWith("FileInfo", "SetHandler a")
                        .config()
                        .handlerOf("x"))
                .hasValue("a");
        assertThat(AllowOverride.DEFAULT.allows(AllowOverride.Group.HANDLERS)).isTrue();

        CompiledText refused = CompiledText.htaccessWith("AuthConfig", "SetHandler a");
        assertThat(refused.config().handlerOf("x")).isEmpty();
        assertThat(refused.warnings()).singleElement().asString().contains("AllowOverride FileInfo");
    }
}
