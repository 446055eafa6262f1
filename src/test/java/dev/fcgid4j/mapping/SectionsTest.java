/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.application.ShareGroup;
import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections apply to their paths, and the later one of two wins. */
class SectionsTest {

    private static final String DENIED = "Require all denied";
    private static final String GRANTED = "Require all granted";

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

    private static String section(String name, String... lines) {
        String kind = name.split(" ", 2)[0];
        return "<" + name + ">\n" + String.join("\n", lines) + "\n</" + kind + ">\n";
    }

    // ---- what an application gets of its section ------------------------------------------------------------------

    @Test
    void applicationHasTheWeightOfItsSectionAndTheGroupOfItsSite() {
        String directives = section("Directory ROOT/sub", "FcgidWeight 5");

        ProcessClass inSection = ((Resolution.Script) site.resolve(directives, "/sub/a.fcgi")).processClass();
        ProcessClass outside = ((Resolution.Script) site.resolve(directives, "/a.fcgi")).processClass();

        assertThat(inSection.limits().weight()).isEqualTo(5);
        assertThat(outside.limits().weight()).isEqualTo(1);
        assertThat(inSection.group())
                .isEqualTo(outside.group())
                .isEqualTo(ShareGroup.ofSite(site.root().toString()));
    }

    // ---- Directory ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"/", "ROOT", "ROOT/", "ROOT/*"})
    void directorySectionIsAppliedOnceBeforeTheHtaccessBelowIt(String path) throws Exception {
        site.file("sub/.htaccess", DENIED);

        String directives = section("Directory \"" + path + "\"", "AllowOverride All", GRANTED);

        assertThat(site.answer(directives, "/sub/x.txt")).isEqualTo("403");
        assertThat(site.answer(directives, "/sub/deep/x.txt")).isEqualTo("403");
    }

    @Test
    void htaccessCountsOverTheSectionOfItsOwnDirectory() throws Exception {
        site.file(".htaccess", DENIED);

        assertThat(site.answer(section("Directory ROOT", "AllowOverride All", GRANTED), "/x.txt"))
                .isEqualTo("403");
    }

    @Test
    void shorterPathsComeFirstInAnyOrderOfTheFile() {
        String directives = section("Directory ROOT/sub", DENIED) + section("Directory ROOT", GRANTED);

        assertThat(site.answer(directives, "/sub/x.txt")).isEqualTo("403");
        assertThat(site.answer(directives, "/sub/deep/x.txt")).isEqualTo("403");
        assertThat(site.answer(directives, "/x.txt")).isEqualTo("file:x.txt");
    }

    @Test
    void laterOneOfTwoForTheSameDirectoryWins() {
        String directives = section("Directory ROOT/sub", DENIED) + section("Directory ROOT/sub", GRANTED);

        assertThat(site.answer(directives, "/sub/x.txt")).isEqualTo("file:sub/x.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DirectoryMatch \"/sub/deep$\"", "Directory ~ /deep", "DirectoryMatch /sub/deep/"})
    void regularExpressionsComeAfterAllHtaccessFiles(String section) throws Exception {
        site.file("sub/deep/.htaccess", GRANTED);

        assertThat(site.answer(section(section, DENIED), "/sub/deep/x.txt")).isEqualTo("403");
        assertThat(site.answer(section(section, DENIED), "/sub/x.txt")).isEqualTo("file:sub/x.txt");
    }

    @ParameterizedTest
    @CsvSource({
        "ROOT/s*,    403, 403",
        "ROOT/*/deep, file:sub/x.txt, 403",
        "ROOT/s[!x]b, 403, 403",
        "ROOT/s[!u]b, file:sub/x.txt, file:sub/deep/x.txt",
        "ROOT/su,    file:sub/x.txt, file:sub/deep/x.txt"
    })
    void directoryWildcardsMatchTheirOwnLevel(String pattern, String sub, String deep) {
        String directives = section("Directory " + pattern, DENIED);

        assertThat(site.answer(directives, "/sub/x.txt")).isEqualTo(sub);
        assertThat(site.answer(directives, "/sub/deep/x.txt")).isEqualTo(deep);
    }

    @Test
    void filesInADirectorySectionApplyBelowIt() {
        String directives = section("Directory ROOT/sub", section("Files x.txt", DENIED));

        assertThat(site.answer(directives, "/sub/deep/x.txt")).isEqualTo("403");
        assertThat(site.answer(directives, "/x.txt")).isEqualTo("file:x.txt");
    }

    @Test
    void allowOverrideNoneLeavesHtaccessUnread() throws Exception {
        site.file("sub/.htaccess", DENIED);

        assertThat(site.answer("AllowOverride None", "/sub/x.txt")).isEqualTo("file:sub/x.txt");
        assertThat(site.answer(section("Directory ROOT/sub", "AllowOverride None"), "/sub/deep/x.txt"))
                .isEqualTo("file:sub/deep/x.txt");
        assertThat(site.answer(section("Directory ROOT/other", "AllowOverride None"), "/sub/x.txt"))
                .isEqualTo("403");
    }

    // ---- Location -------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "Location /a.fcgi/admin, /a.fcgi/admin, 403",
        "Location /a.fcgi/admin, /a.fcgi/admin/users, 403",
        "Location /a.fcgi/admin, /a.fcgi/administer, script:/a.fcgi:/administer",
        "Location /a.fcgi/admin/, /a.fcgi/admin, script:/a.fcgi:/admin",
        "LocationMatch ^/a.fcgi/[0-9]+/$, /a.fcgi/12/, 403",
        "LocationMatch ^/a.fcgi/[0-9]+/$, /a.fcgi/12, script:/a.fcgi:/12",
        "Location ~ /deep, /sub/deep/x.txt, 403",
        "Location /wiki/private, /wiki/private/page, 403",
        "Location /wiki/private, /wiki/public, script:/a.fcgi:",
        "Location /*/deep, /sub/deep, 403",
        "Location /*/deep, /sub/deep/x.txt, file:sub/deep/x.txt",
        "Location /sub, /%73ub/x.txt, 403",
        "Location /sub, //sub/./x.txt, 403",
        "Location /priv\u00e9, /priv%C3%A9/x, 403",
        "Location /, /, 403",
        "Location /sub, /sub/, 403"
    })
    void locationMatchesTheWholePath(String section, String target, String expected) {
        assertThat(site.answer("FallbackResource /a.fcgi\n" + section(section, DENIED), target))
                .isEqualTo(expected);
    }

    @Test
    void locationHasTheLastWord() throws Exception {
        site.file("sub/.htaccess", GRANTED);

        assertThat(site.answer(section("Location /sub", DENIED), "/sub/x.txt")).isEqualTo("403");
        assertThat(site.answer(section("Location /sub", GRANTED) + section("Files x.txt", DENIED), "/sub/x.txt"))
                .isEqualTo("file:sub/x.txt");
    }

    // ---- Files ----------------------------------------------------------------------------------------------------

    @Test
    void filesSectionThatIsNotClosedEndsWhereTheNextBegins() throws Exception {
        site.files("e.rb", "img.png")
                .file(
                        ".htaccess",
                        "<Files *.rb>\nSetHandler fcgid-script\n" + section("Files x.txt", DENIED)
                                + section("FilesMatch \"png$\"", DENIED));

        assertThat(site.answer("", "/e.rb")).isEqualTo("script:/e.rb:");
        assertThat(site.answer("", "/x.txt")).isEqualTo("403");
        assertThat(site.answer("", "/img.png")).isEqualTo("403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Files *.rb>\n<Files x.txt>\nRequire all denied\n</Files>\n</Files>",
                "<Files *.rb>\n<IfModule mod_authz_core.c>\n<Files x.txt>\nRequire all denied\n</Files>\n</IfModule>"
            })
    void filesInsideFilesInHtaccessStandBesideThem(String htaccess) throws Exception {
        site.file(".htaccess", htaccess);

        assertThat(site.answer("", "/x.txt")).isEqualTo("403");
        assertThat(site.answer("", "/index.html")).isEqualTo("file:index.html");
    }

    @ParameterizedTest
    @CsvSource({
        "'<FilesMatch \"^[[:alpha:]]+[.]txt$\">', /x.txt, 403",
        "'<FilesMatch \"^[[:digit:]]\">', /x.txt, file:x.txt",
        "'<FilesMatch \"^[[&&x]\">', /x.txt, 403",
        "'<FilesMatch \"^[^[:^alpha:]]\">', /x.txt, 403",
        "'<FilesMatch \"(?i)X{1}\\.TXT\">', /x.txt, 403",
        "'<FilesMatch \"{x\">', /x.txt, file:x.txt",
        "'<FilesMatch \"[\\w-.]+txt$\">', /x.txt, 403",
        "'<FilesMatch \"(?P<n>x)\">', /x.txt, 403",
        "'<Files \"[!a].txt\">', /x.txt, 403",
        "'<Files \"[!x].txt\">', /x.txt, file:x.txt",
        "'<Files \"[[:alpha:]].t?t\">', /x.txt, 403",
        "'<Files ~ \"\\.txt$\">', /x.txt, 403"
    })
    void patternsAreThoseOfApache(String opening, String target, String expected) throws Exception {
        String name = opening.substring(1).split(" ", 2)[0];
        site.file(".htaccess", opening + "\n" + DENIED + "\n</" + name + ">");

        assertThat(site.answer("", target)).isEqualTo(expected);
    }

    // ---- what may stand where -------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Files a>\n<Files b>\n</Files>\n</Files>",
                "<Location />\n<Files b>\n</Files>\n</Location>",
                "<Location />\n<Directory /x>\n</Directory>\n</Location>",
                "<Files a>\n<Directory /x>\n</Directory>\n</Files>",
                "<Directory /y>\n<Directory /x>\n</Directory>\n</Directory>",
                "<Directory />\nAlias /q /tmp\n</Directory>",
                "<Location />\nScriptAlias /q /tmp\n</Location>",
                "<Files x>\nDocumentRoot /tmp\n</Files>",
                "<Directory />\nFcgidMaxProcesses 5\n</Directory>",
                "<Directory />\nFcgidAuthorizer /bin/true\n</Directory>",
                "<Directory />\nRewriteRule ^x$ /y [L]\n</Directory>",
                "<Directory />\nRedirect /x http://elsewhere/\n</Directory>"
            })
    void sectionWithoutEffectInTheServersFileIsAMistake(String directives) {
        assertThatThrownBy(() -> site.answer(directives, "/"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("test.conf:2: ");
    }

    @Test
    void directoryMustBeNamedByItsWholePath() {
        assertThatThrownBy(() -> site.answer(section("Directory sub", DENIED), "/"))
                .hasMessageContaining("test.conf:1: ")
                .hasMessageContaining("absolute");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mod_alias.c", "alias_module"})
    void contentOfATrueIfModuleCountsAsIfItStoodOutside(String module) {
        String directives = section("IfModule " + module, "Alias /z ROOT/sub", section("Location /z/deep", DENIED));

        assertThat(site.answer(directives, "/z/x.txt")).isEqualTo("file:sub/x.txt");
        assertThat(site.answer(directives, "/z/deep/x.txt")).isEqualTo("403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MOD_ALIAS.C", "Alias_Module", "!mod_nothing.c"})
    void contentOfAnIfModuleThatIsPerhapsFalseOpensNothing(String module) {
        String directives = section("IfModule " + module, "Alias /z ROOT/sub", section("Location /sub", DENIED));

        assertThat(site.answer(directives, "/z/x.txt")).isEqualTo("404");
        assertThat(site.answer(directives, "/sub/x.txt")).isEqualTo("403");
    }

    @Test
    void permissionInAFalseIfModuleIsIgnored() {
        String directives = section("IfModule mod_nothing.c", "Nonsense 1", "Alias /z ROOT/sub", "SetEnv A \"open");

        assertThat(site.answer(directives, "/z/x.txt")).isEqualTo("404");
        assertThatThrownBy(() -> site.answer(section("IfModule mod_env.c", "SetEnv A \"open"), "/"))
                .hasMessageStartingWith("test.conf:2: ")
                .hasMessageContaining("never closed");
    }

    // ---- Alias, ScriptAlias ---------------------------------------------------------------------------------------

    @Test
    void aliasLeadsToAnotherDirectory() throws Exception {
        Path other = Files.createDirectories(site.root().resolveSibling("other"));
        Files.writeString(other.resolve("y.txt"), "y");
        Files.writeString(other.resolve("b.fcgi"), "b");

        String directives = "Alias /o " + other;
        Resolution.Script script = (Resolution.Script) site.resolve(directives, "/o/b.fcgi/info");

        assertThat(site.resolve(directives, "/o/y.txt")).isEqualTo(new Resolution.StaticFile(other.resolve("y.txt")));
        assertThat(site.answer(directives, "/other/y.txt")).isEqualTo("404");
        assertThat(script.path().scriptName()).isEqualTo("/o/b.fcgi");
        assertThat(script.path().contextPrefix()).isEqualTo("/o");
        assertThat(script.path().contextRoot()).isEqualTo(other);
        assertThat(script.path().documentRoot()).isEqualTo(site.root());
    }

    @Test
    void aliasIntoTheSiteObeysTheHtaccessFilesOnItsWay() throws Exception {
        site.file(".htaccess", section("Files x.txt", DENIED));

        assertThat(site.answer("Alias /z ROOT/sub", "/z/x.txt")).isEqualTo("403");
    }

    @Test
    void everythingUnderScriptAliasIsAScriptWithItsWrapper() throws Exception {
        site.files("cgi/tool", "cgi/page.php");

        String directives = "ScriptAlias /bin ROOT/cgi\nFcgidWrapper /bin/sh .php";
        Resolution.Script plain = (Resolution.Script) site.resolve(directives, "/bin/tool/x");
        Resolution.Script wrapped = (Resolution.Script) site.resolve(directives, "/bin/page.php");

        assertThat(plain.path().scriptName()).isEqualTo("/bin/tool");
        assertThat(plain.path().pathInfo()).isEqualTo("/x");
        assertThat(plain.path().contextPrefix()).isEqualTo("/bin");
        assertThat(plain.path().contextRoot()).isEqualTo(site.root().resolve("cgi"));
        assertThat(plain.processClass().command().argv())
                .containsExactly(site.root().resolve("cgi/tool").toString());
        assertThat(wrapped.processClass().command().argv()).containsExactly("/bin/sh");
    }

    @ParameterizedTest
    @CsvSource({
        "/trac, script:/trac:",
        "/trac/wiki/.NET, script:/trac:/wiki/.NET",
        "/tracker, 404",
        "/fav, file:x.txt",
        "/fav/x, 404"
    })
    void aliasMayNameOneFile(String target, String expected) {
        assertThat(site.answer("ScriptAlias /trac ROOT/a.fcgi\nAlias /fav ROOT/x.txt", target))
                .isEqualTo(expected);
    }

    @Test
    void aliasMayNameALinkToAFile() throws Exception {
        Path outside = Files.writeString(site.root().resolveSibling("real.fcgi"), "x");
        Files.createSymbolicLink(site.root().resolve("link.fcgi"), outside);

        assertThat(site.answer("Alias /app ROOT/link.fcgi", "/app/x")).isEqualTo("script:/app:/x");
        assertThat(site.answer("", "/link.fcgi")).isEqualTo("403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Alias /z /no/such", "Alias z /tmp", "Alias /z tmp", "ScriptAlias /z", "Alias /%zz /tmp"})
    void aliasThatLeadsNowhereIsAMistake(String line) {
        assertThatThrownBy(() -> site.answer(line, "/")).hasMessageStartingWith("test.conf:1: ");
    }
}
