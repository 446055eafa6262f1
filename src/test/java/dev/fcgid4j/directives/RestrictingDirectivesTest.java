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
                "<IfModule mod_other.c>\nRequre all denied\n</IfModule>",
                "<IfModule !mod_other.c>\nRequire all denied\n</IfModule>"
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
                "AllowOverride All"
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
        CompiledText text = CompiledText.server("<IfModule mod_other.c>", inside, "</IfModule>");

        assertThat(text.statusOf("/x")).isEqualTo(200);
        assertThat(text.warnings()).singleElement().asString().endsWith("in a section that may not count");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Require all denied;", "Requre all denied", "RequireAny denied", "<RequireAny>\n</RequireAny>"})
    void mistakeAboutAccessInSuchASectionDenies(String inside) {
        CompiledText text = CompiledText.htaccess("<IfModule mod_other.c>", inside, "</IfModule>", GRANTED);

        assertThat(text.statusOf("/x")).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NoSuchDirective x", "AddType text/plain .x", "RewriteRule ( - [F]", "Require maybe"})
    void mistakeInASectionThatHttpdAlwaysReadsIsOne(String inside) {
        for (String opening : List.of("<Limit GET>", "<If \"x\">")) {
            assertThatThrownBy(() -> CompiledText.server(opening, inside, opening.replaceAll("<(\\w+).*", "</$1>")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("test.conf:2: ");
        }
    }

    // ---- sections that are true because something is absent -------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"IfModule !mod_other.c", "IfDefine !X"})
    void sectionThatIsTrueByWhatIsAbsentOpensNothing(String condition) {
        DirectoryConfig before = CompiledText.server(
                        "Require all denied", "Options -ExecCGI", "php_flag engine off", "AddHandler fcgid-script .x")
                .config();

        DirectoryConfig config = CompiledText.htaccess(
                        "<" + condition + ">",
                        GRANTED,
                        "Options +ExecCGI",
                        "php_flag engine on",
                        "RemoveHandler .x",
                        "AddHandler default-handler .x",
                        "</" + condition.split(" ", 2)[0] + ">")
                .over(before);

        assertThat(config.denial(CompiledText.request("/x"))).isPresent();
        assertThat(config.execCgi()).isFalse();
        assertThat(config.engineOff()).isTrue();
        assertThat(config.handlerOf("a.x")).hasValue("fcgid-script");
    }

    @Test
    void restOfSuchASectionCounts() {
        DirectoryConfig config = CompiledText.htaccess(
                        "<IfModule !mod_other.c>", "AddHandler fcgid-script .x", "SetEnv A 1", "</IfModule>")
                .config();

        assertThat(config.handlerOf("a.x")).isEmpty();
        assertThat(config.isProgram("a.x")).isTrue();
        assertThat(config.requestEnvironment()).containsOnlyKeys("A");
    }

    @Test
    void programsRunWhereAnotherModuleWouldRunThem() {
        DirectoryConfig config = CompiledText.htaccess(
                        "<IfModule !mod_php7.c>", "AddHandler fcgid-script .x", "</IfModule>")
                .config();

        assertThat(config.handlerOf("a.x")).hasValue("fcgid-script");
    }

    // ---- programs whose handler does not count --------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AddHandler fcgid-script .x",
                "SetHandler fcgid-script",
                "<IfModule mod_other.c>\nAddHandler cgi-script x\n</IfModule>",
                "<If true>\nSetHandler application/x-httpd-php\n</If>"
            })
    void sourceOfAProgramIsProtectedWhereItsHandlerDoesNotCount(String lines) {
        assertThat(CompiledText.htaccessWith("AuthConfig", lines).config().isProgram("a.x"))
                .isTrue();
    }

    @Test
    void clientCertificateThatIsRequiredDenies() {
        assertThat(CompiledText.htaccess("SSLVerifyClient require").statusOf("/x"))
                .isEqualTo(403);
        assertThat(CompiledText.htaccess("SSLVerifyClient optional").statusOf("/x"))
                .isEqualTo(200);
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
    void unknownSectionIsAMistake() {
        assertThatThrownBy(() -> CompiledText.server("<Unknown>", "</Unknown>"))
                .hasMessageStartingWith("test.conf:1: Unknown is not known");
        assertThatThrownBy(() -> CompiledText.htaccess("<Unknown>", "</Unknown>"))
                .hasMessageStartingWith(".htaccess:1: Unknown is not known");
    }
}
