/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.config.ApacheConfigParser;
import dev.fcgid4j.directives.AllowOverride;
import dev.fcgid4j.directives.DirectiveCompiler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Directives that protect files count everywhere. */
class AccessTest {

    private static final String SERVED = "file:sub/x.txt";

    @TempDir
    private Path temp;

    private MappedSite site;

    @BeforeEach
    void makeSite() throws Exception {
        site = new MappedSite(temp);
    }

    @AfterEach
    void close() {
        site.close();
    }

    private static List<String> warnings(String htaccess, AllowOverride override) {
        List<String> warnings = new ArrayList<>();
        DirectiveCompiler.htaccess(
                ApacheConfigParser.parseLenient(htaccess, ".htaccess", warnings::add),
                override,
                Path.of("/srv"),
                warnings::add);
        return warnings;
    }

    // ---- Require, Order -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Require all granted                                                                     | file:sub/x.txt
            Require all denied                                                                      | 403
            Require not all denied                                                                  | 403
            Require not all granted                                                                 | 403
            Require not ip 10.0.0.1                                                                 | 403
            Require local                                                                           | 403
            Require local%nRequire all granted                                                      | file:sub/x.txt
            <RequireNone>%nRequire all denied%n</RequireNone>                                       | 403
            <RequireAll>%nRequire all granted%nRequire not all denied%n</RequireAll>                | file:sub/x.txt
            <RequireAll>%nRequire all granted%n<RequireNone>%nRequire ip 1%n</RequireNone>%n</RequireAll> | 403
            <RequireAll>%nRequire all granted%nRequire not ip 10.0.0.1%n</RequireAll>               | 403
            <RequireAny>%nRequire valid-user%nRequire all granted%n</RequireAny>                    | file:sub/x.txt
            Order allow,deny%nAllow from all%nDeny from 10.0.0.1                                    | 403
            Order allow,deny                                                                        | 403
            Satisfy any%nRequire valid-user%nOrder deny,allow%nDeny from all%nAllow from 10.0.0.1   | 403
            """)
    void accessDirectivesAreEvaluatedTogether(String htaccess, String expected) throws Exception {
        site.file("sub/.htaccess", String.format(htaccess));

        assertThat(site.answer("", "/sub/x.txt")).isEqualTo(expected);
    }

    // ---- AllowOverride --------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Require all granted",
                "<Files *>\nRequire all granted\n</Files>",
                "<IfModule mod_authz_core.c>\nRequire all granted\n</IfModule>"
            })
    void denialIsLiftedOnlyWhereAllowed(String htaccess) throws Exception {
        site.file("sub/.htaccess", htaccess);
        String denied = "<Directory ROOT/sub>\nRequire all denied\n</Directory>";

        assertThat(site.answer("AllowOverride FileInfo\n" + denied, "/sub/x.txt"))
                .isEqualTo("403");
        assertThat(site.answer("AllowOverride AuthConfig\n" + denied, "/sub/x.txt"))
                .isEqualTo(SERVED);
        assertThat(site.answer("AllowOverride Limit\n" + denied, "/sub/x.txt")).isEqualTo("403");
        assertThat(site.answer(denied, "/sub/x.txt")).isEqualTo(SERVED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Require all denied", "Deny from all", "<Files x.txt>\nRequire all denied\n</Files>"})
    void denialNeedsNoPermission(String htaccess) throws Exception {
        site.file("sub/.htaccess", htaccess);

        assertThat(site.answer("AllowOverride FileInfo", "/sub/x.txt")).isEqualTo("403");
    }

    @Test
    void grantThatIsNotAllowedIsWarnedOfOnce() {
        assertThat(warnings("Require all granted\nRequire all granted", AllowOverride.NONE))
                .singleElement()
                .asString()
                .startsWith(".htaccess:1: ")
                .contains("AllowOverride AuthConfig");
    }

    // ---- sections whose condition is unknown ----------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Order allow,deny\nAllow from all\n<Limit GET POST>\nDeny from all\n</Limit>",
                "<LimitExcept GET>\nRequire all denied\n</LimitExcept>",
                "<Limit GET>\n<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n</Limit>",
                "<IfFile /etc/passwd>\nRequire all denied\n</IfFile>",
                "<Unheard of>\n<Files x.txt>\nDeny from all\n</Files>\n</Unheard>",
                "<If \"%{REMOTE_ADDR} != '1.2.3.4'\">\n<Files x.txt>\nRequire all denied\n</Files>\n</If>",
                "<If \"true\">\n<Limit GET>\nRequire all denied\n</Limit>\n</If>\nRequire all granted",
                "<If \"true\">\nRedirect 403 /sub\n</If>",
                "<IfModule mod_auth_basic.c>\nAuthType Basic\nRequire valid-user\n</IfModule>",
                "<IfModule mod_rewrite.c>\nRewriteEngine On\nRewriteRule ^x - [F]\n</IfModule>",
                "<IfModule mod_ssl.c>\nSSLRequireSSL\n</IfModule>",
                "<IfVersion ~ \"^2\\.[4-9]\">\nRequire all denied\n</IfVersion>",
                "<IfVersion >= 2.4.1>\nRequire all denied\n</IfVersion>",
                "<IfVersion = /2\\.4/>\nRequire all denied\n</IfVersion>",
                "<IfVersion ~ \"(\">\nRequire all denied\n</IfVersion>",
                "<IfVersion !< 2.2>\nRequire all denied\n</IfVersion>",
                "<IfDefine PRIVATE>\nRequire all denied\n</IfDefine>"
            })
    void denialInASectionWithAnUnknownConditionCounts(String htaccess) throws Exception {
        site.file("sub/.htaccess", htaccess);

        assertThat(site.answer("", "/sub/x.txt")).isEqualTo("403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Limit GET>\nRequire all granted\n</Limit>",
                "<If \"true\">\n<Files other>\nRequire all denied\n</Files>\n</If>",
                "<IfModule !mod_authz_core.c>\nDeny from all\n</IfModule>",
                "<IfModule !mod_fcgid.c>\n<IfModule mod_nothing.c>\nDeny from all\n</IfModule>\n</IfModule>",
                "<IfModule mod_nothing.c>\nNonsense \"\nRewriteRule ( - [F]\n</IfModule>",
                "<IfVersion < 2.4>\nRequire all denied\n</IfVersion>",
                "<IfVersion !~ \"^2\">\nRequire all denied\n</IfVersion>",
                "<IfVersion = 2.2>\nRequire all denied\n</IfVersion>",
                "<IfVersion > 2.4.999>\nRequire all denied\n</IfVersion>"
            })
    void fileThatTheSectionDoesNotDenyIsServed(String htaccess) throws Exception {
        site.file("sub/.htaccess", htaccess);

        assertThat(site.answer("", "/sub/x.txt")).isEqualTo(SERVED);
    }

    @Test
    void denialOfAnUnknownConditionIsNotLiftedFurtherDown() throws Exception {
        site.file("sub/.htaccess", "<Limit GET>\nDeny from all\n</Limit>")
                .file("sub/deep/.htaccess", "Order allow,deny\nAllow from all\nRequire all granted");

        assertThat(site.answer("", "/sub/deep/x.txt")).isEqualTo("403");
    }

    @Test
    void sectionsOfTheServersFileDenyLikewise() {
        assertThat(site.answer(
                        "<IfModule mod_nothing.c>\n<Location /sub>\nDeny from all\n</Location>\n</IfModule>", "/sub/"))
                .isEqualTo("403");
        assertThat(site.answer("<If \"true\">\n<Directory ROOT/sub>\nDeny from all\n</Directory>\n</If>", "/sub/x.txt"))
                .isEqualTo("403");
    }

    // ---- refusals by URL ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Redirect 404 /sub                                       | 404
            Redirect 403 /sub/x.txt                                 | 403
            Redirect gone /sub/x.txt                                | 410
            Redirect 404 /su                                        | file:sub/x.txt
            RedirectMatch 403 ^/sub/                                | 403
            RedirectMatch 404 "(?i)\\.TXT$"                         | 404
            RedirectMatch 451 [[:alpha:]]/x                         | 451
            Redirect 301 /sub/x.txt http://elsewhere/               | file:sub/x.txt
            Redirect /sub/x.txt http://elsewhere/                   | file:sub/x.txt
            RedirectPermanent /sub/x.txt http://elsewhere/          | file:sub/x.txt
            RewriteRule ^x\\.txt$ - [F]                             | 403
            RewriteRule ^X\\.txt$ - [NC,forbidden]                  | 403
            RewriteRule ^x - [G]                                    | 410
            RewriteRule ^x - [R=404,L]                              | 404
            RewriteRule ^x index.php [F]                            | 403
            RewriteRule ^x - [F, L]                                 | 403
            RewriteRule !^y - [F]                                   | 403
            RewriteRule ^sub/ - [F]                                 | file:sub/x.txt
            RewriteRule ^/ - [F]                                    | file:sub/x.txt
            RewriteEngine Off%nRewriteRule ^x - [F]                 | file:sub/x.txt
            RewriteRule ^x - [L]%nRewriteRule . - [F]               | file:sub/x.txt
            RewriteRule ^x - [S=1]%nRewriteRule ^x - [F]            | file:sub/x.txt
            RewriteRule ^x - [S=1]%nRewriteRule ^y /z%nRewriteRule ^x - [F] | 403
            RewriteCond %%{QUERY_STRING} evil%nRewriteRule . - [F]  | file:sub/x.txt
            RewriteCond a b%nRewriteRule . y%nRewriteRule . - [F]   | 403
            RewriteRule ^x - [C]%nRewriteRule . - [F]               | file:sub/x.txt
            RewriteRule . /index.php [L]%nRewriteRule ^x - [F]      | 403
            RewriteRule ( - [F]                                     | 403
            SSLRequireSSL                                           | 403
            SSLRequire %%{SSL_CIPHER_USEKEYSIZE} >= 128             | 403
            FcgidAccessChecker /bin/true                            | 403
            FcgidAuthorizer /bin/true                               | 403
            FcgidAuthenticator /bin/true%nFcgidAuthenticatorAuthoritative On | 403
            """)
    void refusalInHtaccessIsHonoured(String htaccess, String expected) throws Exception {
        site.file("sub/.htaccess", String.format(htaccess));

        assertThat(site.answer("", "/sub/x.txt")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/missing/x, 404",
        "/wiki/private, 410",
        "/a.fcgi/private, 410",
        "/sub/, 410",
        "/wiki/public, script:/a.fcgi:"
    })
    void refusalMatchesTheWholePathOfMissingFilesToo(String target, String expected) throws Exception {
        site.file(
                ".htaccess",
                "FallbackResource /a.fcgi\nRedirectMatch 404 ^/missing\nRewriteRule /private$ - [G]\nRewriteRule ^sub/$ - [G]");

        assertThat(site.answer("", target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RewriteRule ^/sub/ - [F]",
                "Redirect 403 /sub",
                "<Directory ROOT/sub>\nRewriteRule ^x - [F]\n</Directory>",
                "<Location /sub>\nRewriteRule ^sub/x - [F]\n</Location>",
                "<Location /sub>\nRewriteRule ^/sub/x - [F]\n</Location>",
                "<Files x.txt>\nRewriteRule /x - [F]\n</Files>"
            })
    void refusalInTheServersFileIsHonoured(String directives) {
        assertThat(site.answer(directives, "/sub/x.txt")).isEqualTo("403");
    }

    @Test
    void redirectElsewhereIsWarnedOfOnce() {
        assertThat(warnings("RewriteEngine On\nRewriteRule ^a b [L]\nRewriteRule ^c d [L]", AllowOverride.DEFAULT))
                .singleElement()
                .asString()
                .startsWith(".htaccess:2: ")
                .contains("FallbackResource");
    }

    @Test
    void authorizersAreRefusedAtStart() {
        assertThatThrownBy(() -> site.answer("FcgidAccessChecker /bin/true", "/"))
                .hasMessageStartingWith("test.conf:1: FcgidAccessChecker: ")
                .hasMessageContaining("not supported");
    }
}
