/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.directives;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Restrictions count without permission, and in sections whose condition can't be evaluated. */
class RestrictingDirectivesTest {

    private static final String GRANTED = "Require all granted";

    // ---- directives -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSLRequireSSL",
                "SSLRequire x",
                "FcgidAccessChecker /x",
                "FcgidAuthenticator /x",
                "FcgidAuthorizer /x",
                "FastCgiAccessChecker /x",
                "FastCgiAuthenticator /x",
                "FastCgiAuthorizer /x"
            })
    void checkThatIsNotSupportedDeniesAllInHtaccess(String line) {
        CompiledText text = CompiledText.htaccessWith("Indexes", line);

        assertThat(text.config().denial(CompiledText.request("/x"))).hasValue(new Denial(403, "denied by .htaccess:1"));
        assertThat(text.warnings()).singleElement().asString().endsWith("so everything here is denied");
    }

    @Test
    void denialIsNotLiftedFurtherDown() {
        DirectoryConfig denied = CompiledText.htaccess("SSLRequireSSL").config();

        assertThat(CompiledText.htaccess(GRANTED, "Allow from all").over(denied).denial(CompiledText.request("/x")))
                .isPresent();
    }

    @Test
    void authorizerIsAMistakeInTheServersFile() {
        assertThatThrownBy(() -> CompiledText.server("FcgidAuthorizer /bin/true"))
                .hasMessageStartingWith("test.conf:1: FcgidAuthorizer: programs that decide about access");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FcgidAccessCheckerAuthoritative On",
                "FcgidAuthenticatorAuthoritative Off",
                "FcgidAuthorizerAuthoritative On"
            })
    void switchesOfAuthorizersAloneHaveNoEffect(String line) {
        assertThat(CompiledText.server(line).statusOf("/x")).isEqualTo(200);
        assertThat(CompiledText.htaccess(line).warnings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "php_flag engine off,        true,  0",
        "php_flag ENGINE 0,          true,  0",
        "php_admin_flag engine No,   true,  0",
        "php_flag engine false,      true,  0",
        "php_flag engine on,         false, 1",
        "php_flag display_errors off, false, 1",
        "php_flag,                   false, 1"
    })
    void engineIsSwitchedOffWithoutPermission(String line, boolean off, int warnings) {
        CompiledText text = CompiledText.htaccessWith("Indexes", line);

        assertThat(text.config().engineOff()).isEqualTo(off);
        assertThat(text.warnings()).hasSize(warnings);
    }

    @Test
    void engineIsSwitchedOnOnlyWithPermission() {
        DirectoryConfig off = CompiledText.server("php_flag engine off").config();

        assertThat(CompiledText.htaccessWith("FileInfo", "php_flag engine on")
                        .over(off.copy())
                        .engineOff())
                .isTrue();
        assertThat(CompiledText.htaccessWith("Options", "php_flag engine on")
                        .over(off)
                        .engineOff())
                .isFalse();
    }

    // ---- sections whose condition can't be evaluated --------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Require all denied",
                "Deny from all",
                "Require ip 1",
                "SSLRequireSSL",
                "Redirect 403 /x",
                "RewriteRule x - [F]",
                "<Limit POST>\nRequire all denied\n</Limit>",
                "<Unknown>\nRequire all denied\n</Unknown>"
            })
    void denialInsideCountsForEveryRequest(String inside) {
        assertThat(CompiledText.htaccessWith("Indexes", "<Limit GET>", inside, "</Limit>", GRANTED)
                        .statusOf("/x"))
                .isEqualTo(403);
        assertThat(CompiledText.server(GRANTED, "<If \"x\">", inside, "</If>").statusOf("/x"))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Require all granted",
                "Require all denied\nRequire all granted",
                "Order deny,allow",
                "RewriteRule x y",
                "RewriteCond %{HTTPS} on\nRewriteRule x - [F]",
                "Redirect /x http://y/",
                "Options +FollowSymLinks",
                "AddHandler fcgid-script .x",
                "php_flag engine on",
                "NoSuchDirective x",
                "AllowOverride All",
                "AddType text/plain .x"
            })
    void permissionInsideIsIgnored(String inside) {
        CompiledText text = CompiledText.server("<Limit GET>", inside, "</Limit>");

        assertThat(text.statusOf("/x")).isEqualTo(200);
        assertThat(text.config().followSymlinks()).isFalse();
        assertThat(text.config().handlerOf("a.x")).isEmpty();
        assertThat(text.warnings()).isEmpty();
    }

    @Test
    void grantInsideDoesNotLiftADenial() {
        DirectoryConfig denied = CompiledText.server("Require all denied").config();

        assertThat(CompiledText.server("<Limit GET>", GRANTED, "</Limit>")
                        .over(denied)
                        .denial(CompiledText.request("/x")))
                .isPresent();
    }

    @Test
    void itRestrictsOptionsEngineAndTypes() {
        DirectoryConfig config = CompiledText.server(
                        "<IfDefine X>",
                        "Options -ExecCGI",
                        "php_flag engine off",
                        "AddType application/x-httpd-php .x",
                        "</IfDefine>")
                .config();

        assertThat(config.execCgi()).isFalse();
        assertThat(config.engineOff()).isTrue();
        assertThat(config.isProgram("a.x")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RewriteRule ( - [F]", "Redirect 404", "FcgidAuthorizer /x"})
    void mistakeInSuchASectionIsAWarning(String inside) {
        CompiledText text = CompiledText.server("<If \"x\">", inside, "</If>");

        assertThat(text.statusOf("/x")).isEqualTo(200);
        assertThat(text.warnings()).singleElement().asString().endsWith("in a section that may not count");
    }

    @Test
    void filesAndLocationsInsideItCountWithWhatTheyDeny() {
        CompiledText text = CompiledText.server(
                "<IfModule mod_other.c>",
                "<Files a>",
                "Require all denied",
                "</Files>",
                "<Location /b>",
                "Require all denied",
                "</Location>",
                "</IfModule>");
        DirectoryConfig located = text.config();

        CompiledSection.apply(text.section().locations(), "/b/c", located);

        assertThat(text.statusOf("/x")).isEqualTo(200);
        assertThat(text.forFile("a").denial(CompiledText.request("/a"))).isPresent();
        assertThat(text.forFile("c").denial(CompiledText.request("/c"))).isEmpty();
        assertThat(located.denial(CompiledText.request("/b/c"))).isPresent();
    }

    @Test
    void unknownSectionIsAMistakeInTheServersFileAndAWarningInHtaccess() {
        assertThatThrownBy(() -> CompiledText.server("<Unknown>", "</Unknown>"))
                .hasMessageStartingWith("test.conf:1: Unknown is not known");
        assertThat(CompiledText.htaccess("<Unknown>", "</Unknown>").warnings())
                .containsExactly(".htaccess:1: Unknown is not known and is ignored");
    }
}
