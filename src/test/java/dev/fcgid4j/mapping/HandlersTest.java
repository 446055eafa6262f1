/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files are run by their handler, sent, or protected. */
class HandlersTest {

    private static final String PHP = "AddHandler fcgid-script .php\nFcgidWrapper /bin/sh .php\n";

    @TempDir
    private Path temp;

    private MappedSite site;

    @BeforeEach
    void makeSite() throws Exception {
        site = new MappedSite(temp).files("e.foo", "e.foo~", "e.foo.bak", "#e.foo#", "myapp", "myapp~", "img.png");
    }

    @AfterEach
    void close() {
        site.close();
    }

    private Resolution.Script script(String directives, String target) {
        return (Resolution.Script) site.resolve(directives, target);
    }

    // ---- what is sent ---------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "SetHandler Drupal_Security_Do_Not_Remove_See_SA_2006_006, /img.png, file:img.png",
        "SetHandler Drupal_Security_Do_Not_Remove_See_SA_2006_006, /page.php, 403",
        "SetHandler Drupal_Security_Do_Not_Remove_See_SA_2006_006, /a.fcgi, 403",
        "AddHandler image-resize .png, /img.png, file:img.png",
        "SetHandler cgi-script, /img.png, 403",
        "SetHandler server-status, /img.png, 403",
        "SetHandler application/x-httpd-php, /x.txt, 403",
        "SetHandler \"proxy:unix:/run/php.sock|fcgi://localhost\", /x.txt, 403",
        "AddHandler application/x-httpd-ea-php74 .txt, /x.txt, 403",
        "AddHandler perl-script .txt, /x.txt, 403",
        "AddType application/x-httpd-php .foo, /e.foo, 403",
        "AddType application/x-httpd-php foo, /e.foo~, 403",
        "ForceType application/x-httpd-php, /img.png, 403",
        "AddType image/png .foo, /e.foo, file:e.foo",
        "SetHandler default-handler, /page.php, file:page.php"
    })
    void foreignHandlerRefusesOnlyPrograms(String line, String target, String expected) throws Exception {
        site.file(".htaccess", line);

        assertThat(site.answer("", target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/e.foo~", "/e.foo.bak", "/%23e.foo%23", "/myapp~"})
    void copyOfAScriptIsNotSent(String target) throws Exception {
        assertThat(site.answer("", target)).startsWith("file:");

        site.file(".htaccess", "<FilesMatch \"^(.*[.]foo|myapp)$\">\nSetHandler fcgid-script\n</FilesMatch>");

        assertThat(site.answer("", target)).isEqualTo("403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Files e.foo>\nRequire all denied\n</Files>",
                "Redirect 403 /e.foo",
                "RewriteRule ^e[.]foo$ - [F]",
                "AddHandler cgi-script .foo"
            })
    void copyOfARefusedFileIsNotSent(String htaccess) throws Exception {
        site.file(".htaccess", htaccess);

        assertThat(site.answer("", "/e.foo")).isEqualTo("403");
        assertThat(site.answer("", "/e.foo~")).isEqualTo("403");
    }

    @Test
    void unknownHandlerDoesNotSendAFileThatAnotherHandlerRuns() throws Exception {
        site.file(".htaccess", "SetHandler Nothing_Known");

        assertThat(site.answer("AddHandler fcgid-script .foo", "/e.foo")).isEqualTo("403");
        assertThat(site.answer("AddHandler fcgid-script .foo", "/e.foo.bak")).isEqualTo("403");
        assertThat(site.answer("", "/e.foo")).isEqualTo("file:e.foo");
    }

    @Test
    void scriptByItsLocationIsProtectedLikewise() {
        assertThat(site.answer("<Location /e.foo>\nSetHandler fcgid-script\n</Location>", "/e.foo~"))
                .isEqualTo("403");
    }

    @Test
    void linkInsideTheSiteDoesNotDisguiseItsTarget() throws Exception {
        site.files(".env", ".git/config", "plain.txt");
        Files.createSymbolicLink(site.root().resolve("env.txt"), Path.of(".env"));
        Files.createSymbolicLink(site.root().resolve("source.txt"), Path.of("page.php"));
        Files.createSymbolicLink(site.root().resolve("app.txt"), Path.of("e.foo"));
        Files.createSymbolicLink(site.root().resolve("git"), Path.of(".git"));
        Files.createSymbolicLink(site.root().resolve("other.txt"), Path.of("plain.txt"));
        site.file(".htaccess", "<Files e.foo>\nSetHandler fcgid-script\n</Files>");

        assertThat(site.answer("", "/env.txt")).isEqualTo("404");
        assertThat(site.answer("", "/git/config")).isEqualTo("404");
        assertThat(site.answer("", "/source.txt")).isEqualTo("403");
        assertThat(site.answer("", "/app.txt")).isEqualTo("403");
        assertThat(site.answer("", "/other.txt")).isEqualTo("file:other.txt");
    }

    @Test
    void followSymLinksLetsLinksLeaveTheSite() throws Exception {
        Path outside = Files.writeString(site.root().resolveSibling("outside.txt"), "x");
        Files.createSymbolicLink(site.root().resolve("out.txt"), outside);

        assertThat(site.answer("", "/out.txt")).isEqualTo("403");
        assertThat(site.answer("Options +FollowSymLinks", "/out.txt")).isEqualTo("file:out.txt");
        assertThat(site.answer("<Directory ROOT>\nOptions FollowSymLinks\n</Directory>", "/out.txt"))
                .isEqualTo("file:out.txt");

        site.file(".htaccess", "Options +FollowSymLinks");
        assertThat(site.answer("", "/out.txt")).isEqualTo("403");
        assertThat(site.answer("AllowOverride Options", "/out.txt")).isEqualTo("file:out.txt");
    }

    // ---- what is run ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "Options -ExecCGI, '', 403",
        "Options None, '', 403",
        "php_flag engine off, '', 403",
        "php_admin_flag engine 0, '', 403",
        "Options -Indexes, '', script:/sub/s.php:",
        "php_flag engine on, '', script:/sub/s.php:",
        "Options FollowSymLinks, '', 403",
        "Options +FollowSymLinks, '', script:/sub/s.php:",
        "'<IfModule mod_php7.c>\nphp_flag engine off\n</IfModule>', '', 403",
        "'<Files s.php>\nphp_flag engine off\n</Files>', '', 403",
        "RemoveHandler .php, '', 403",
        "Options +ExecCGI, '<Directory ROOT>\nOptions -ExecCGI\n</Directory>', 403",
        "Options +ExecCGI, '<Directory ROOT>\nAllowOverride Options\nOptions -ExecCGI\n</Directory>', script:/sub/s.php:",
        "'', '<Directory ROOT/sub>\nOptions -ExecCGI\n</Directory>', 403",
        "'', '<Directory ROOT/sub>\nphp_admin_flag engine off\n</Directory>', 403",
        "'', 'Options -ExecCGI', 403",
        "'', 'Options Indexes', 403"
    })
    void scriptsRunWhereNothingForbidsThem(String htaccess, String directives, String expected) throws Exception {
        site.files("sub/s.php").file("sub/.htaccess", htaccess);

        assertThat(site.answer(PHP + directives, "/sub/s.php")).isEqualTo(expected);
    }

    @Test
    void virtualWrapperRunsForWhatNeedNotExist() throws Exception {
        String directives = "<Location /app>\nSetHandler fcgid-script\nFcgidWrapper /bin/sh virtual\n</Location>\n"
                + "<Location /sub>\nSetHandler fcgid-script\nFcgidWrapper /bin/sh virtual\n</Location>\n"
                + "<Location /app/private>\nRequire all denied\n</Location>";

        assertThat(site.answer(directives, "/app")).isEqualTo("script:/app:");
        assertThat(site.answer(directives, "/app/x/.NET")).isEqualTo("script:/app:/x/.NET");
        assertThat(site.answer(directives, "/app/private/x")).isEqualTo("403");
        assertThat(site.answer(directives, "/sub")).isEqualTo("script:/sub:");
        assertThat(site.answer(directives, "/sub/")).isEqualTo("script:/sub:/");
        assertThat(site.answer(directives, "/application")).isEqualTo("404");
        assertThat(script(directives, "/app").processClass().command().argv()).containsExactly("/bin/sh");
    }

    @Test
    void wrapperThatIsNotAllowedIsIgnored() throws Exception {
        site.file(".htaccess", "FcgidWrapper /no/such/program .php");

        assertThat(site.answer("", "/x.txt")).isEqualTo("file:x.txt");
        assertThat(site.answer("AllowOverride FileInfo", "/x.txt")).isEqualTo("403");
    }

    @Test
    void environmentAndHeadersAreThoseOfTheScriptsPlace() throws Exception {
        site.file("sub/.htaccess", "SetEnv B two\nUnsetEnv C\nFcgidPassHeader X-Token\nCGIPassAuth On");
        String directives = "AllowOverride FileInfo\nSetEnv A one\nSetEnv B one\nSetEnv C one\nFcgidInitialEnv D one";

        Resolution.Script top = script(directives, "/a.fcgi");
        Resolution.Script below = script(directives, "/sub/a.fcgi");

        assertThat(top.path().environment()).containsAllEntriesOf(Map.of("A", "one", "B", "one", "C", "one"));
        assertThat(top.path().environment()).containsEntry("PATH", "/usr/local/bin:/usr/bin:/bin");
        assertThat(below.path().environment()).containsAllEntriesOf(Map.of("A", "one", "B", "two"));
        assertThat(below.path().environment()).doesNotContainKey("C");
        assertThat(top.passHeaders()).isEmpty();
        assertThat(below.passHeaders()).containsExactlyInAnyOrder("x-token", "authorization");
        assertThat(top.processClass().command().environment()).containsEntry("D", "one");
        assertThat(script("FcgidInitialEnv PATH /opt/bin", "/a.fcgi").path().environment())
                .containsEntry("PATH", "/opt/bin");
        assertThat(script(directives + "\n<Location /sub>\nCGIPassAuth Off\n</Location>", "/sub/a.fcgi")
                        .passHeaders())
                .containsExactly("x-token");
    }

    // ---- index files ----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            DirectoryIndex a.fcgi nope.html              | script:/sub/a.fcgi:
            DirectoryIndex nope.html%nDirectoryIndex a.fcgi | script:/sub/a.fcgi:
            DirectoryIndex a.fcgi%nDirectoryIndex nope.html | script:/sub/a.fcgi:
            DirectoryIndex nope.html /x.txt              | file:x.txt
            DirectoryIndex /no.txt deep/x.txt            | file:sub/deep/x.txt
            DirectoryIndex disabled                      | 403
            DirectoryIndex a.fcgi%nDirectoryIndex disabled | 403
            DirectoryIndex ../x.txt                      | 403
            """)
    void indexIsTheFirstThatIsThere(String htaccess, String expected) throws Exception {
        site.file("sub/.htaccess", String.format(htaccess));

        assertThat(site.answer("DirectoryIndex x.txt", "/sub/")).isEqualTo(expected);
        assertThat(site.answer("DirectoryIndex x.txt", "/sub/deep/")).isNotEqualTo("500");
    }

    @Test
    void indexOfAnOuterPlaceIsReplaced() throws Exception {
        assertThat(site.answer(
                        "DirectoryIndex x.txt\n<Directory ROOT/sub>\nDirectoryIndex a.fcgi\n</Directory>", "/sub/"))
                .isEqualTo("script:/sub/a.fcgi:");
    }

    // ---- names ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"/wiki/.NET, script:/a.fcgi:", "/.env, 404", "/sub/.git/config, 404", "/.well-known/x, script:/a.fcgi:"
    })
    void dotIsHiddenOnlyInNamesOnTheWay(String target, String expected) {
        assertThat(site.answer("FallbackResource /a.fcgi", target)).isEqualTo(expected);
    }

    @Test
    void nameThatTheLocaleCanNotWriteIsNotFound() throws Exception {
        ProcessBuilder command = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                PlainLocale.class.getName(),
                site.root().toString());
        command.environment().put("LC_ALL", "C");
        Process java = command.redirectErrorStream(true).start();
        assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String output = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(output).contains("LC_ALL=C.UTF-8").contains("answer 404");
    }

    /** Looks for a name that is not plain ASCII. */
    static final class PlainLocale {
        private PlainLocale() {}

        public static void main(String[] args) throws Exception {
            try (MappedSite site = new MappedSite(Path.of(args[0]))) {
                System.out.println("answer " + site.answer("", "/%C3%A9.txt"));
            }
        }
    }
}
