/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which names of files, folders and links the sections see: those that Apache tries. */
class PathMatchTest {

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

    private static String section(String name, String line) {
        return "<" + name + ">\n" + line + "\n</" + name.split(" ", 2)[0] + ">\n";
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Directory ROOT/x.txt",
                "Directory \"ROOT/*\"",
                "Directory \"ROOT/*.txt\"",
                "Directory ROOT/./sub/..//x.txt",
                "DirectoryMatch \"^ROOT/x\"",
                "DirectoryMatch \"^ROOT/x.txt$\"",
                "Directory ~ \"/x[.]txt$\""
            })
    void sectionOfADirectorySeesFiles(String section) {
        assertThat(site.answer(section(section, DENIED), "/x.txt")).isEqualTo("403");
        assertThat(site.answer(section(section, DENIED), "/index.html"))
                .isEqualTo(section.contains("/*\"") ? "403" : "file:index.html");
    }

    @ParameterizedTest
    @CsvSource({
        "Directory ROOT/x.txt, '', file:x.txt",
        "Directory ROOT/x.txt, Options None, 403",
        "DirectoryMatch ^ROOT/x, Options None, file:x.txt",
        "DirectoryMatch ^ROOT/?$, '', 403"
    })
    void grantForAFileCountsWhereApacheSeesIt(String section, String options, String expected) {
        String directives = section("Directory ROOT", DENIED + "\n" + options) + section(section, GRANTED);

        assertThat(site.answer(directives, "/x.txt")).isEqualTo(expected);
    }

    @Test
    void grantForAFileDoesNotCountForAPathBelowIt() {
        String directives = section("Directory ROOT", DENIED) + section("Directory ROOT/a.fcgi", GRANTED);

        assertThat(site.answer(directives, "/a.fcgi")).isEqualTo("script:/a.fcgi:");
        assertThat(site.answer(directives, "/a.fcgi/info")).isEqualTo("403");
        assertThat(site.answer(section("Directory ROOT/a.fcgi", DENIED), "/a.fcgi/info"))
                .isEqualTo("403");
    }

    @Test
    void handlerOfAFileIsSetByItsPath() throws Exception {
        site.files("b.foo");

        assertThat(site.answer(section("DirectoryMatch foo$", "SetHandler fcgid-script"), "/b.foo"))
                .isEqualTo("script:/b.foo:");
        assertThat(site.answer(section("Directory ROOT/*.foo", "SetHandler fcgid-script"), "/b.foo"))
                .isEqualTo("script:/b.foo:");
    }

    @ParameterizedTest
    @CsvSource({
        "FilesMatch ^..[.]txt$,  /%C3%A9.txt",
        "FilesMatch ^[\u00e9]+[.]txt$, /%C3%A9.txt",
        "LocationMatch ^/..[.],  /%C3%A9.txt",
        "FilesMatch ^.{4}$,      /%C3%85%C3%85",
        "FilesMatch x\\\\.txt, /x.txt"
    })
    void expressionsAreTriedOnBytes(String section, String target) throws Exception {
        site.files("\u00e9.txt", "\u00c5\u00c5");

        assertThat(site.answer(section(section, DENIED), target)).isEqualTo("403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\\.txt", "[x].txt.", "x.txt*.", "X.TXT"})
    void nameWithoutWildcardIsComparedAsItIs(String name) throws Exception {
        site.file(".htaccess", DENIED + "\n" + section("Files \"" + name + "\"", GRANTED));

        assertThat(site.answer("", "/x.txt")).isEqualTo("403");
    }

    @ParameterizedTest
    @ValueSource(strings = {"./x.txt", "sub/../x.txt", "[[:alpha:]].txt", ".", "\"\"", "a b"})
    void nameThatApacheReadsInAnotherWayIsAMistake(String name) throws Exception {
        site.file(".htaccess", section("Files " + name, DENIED));

        assertThat(site.answer("", "/index.html")).isEqualTo("403");
    }

    // ---- folders --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "FilesMatch ^$,           /sub/, 403",
        "FilesMatch ^$,           /sub,  moved:/sub/",
        "FilesMatch ^$,           /,     403",
        "FilesMatch ^$,           /x.txt, file:x.txt",
        "Files *,                 /sub/, 403",
        "Files sub,               /sub,  403",
        "Files sub,               /sub/x.txt, file:sub/x.txt"
    })
    void folderHasAnEmptyNameIfItIsAskedForWithItsSlash(String section, String target, String expected)
            throws Exception {
        site.file(".htaccess", section(section, DENIED));

        assertThat(site.answer("", target)).isEqualTo(expected);
    }

    @Test
    void expressionWithFewerSlashesIsAppliedFirst() {
        assertThat(site.answer(
                        section("DirectoryMatch ^ROOT/[^/]*$", DENIED) + section("DirectoryMatch ^ROOT/x", GRANTED),
                        "/x.txt"))
                .isEqualTo("403");
        assertThat(site.answer(
                        section("DirectoryMatch ^ROOT/x", DENIED) + section("DirectoryMatch ^ROOT/[^/]*$", GRANTED),
                        "/x.txt"))
                .isEqualTo("file:x.txt");
    }

    @ParameterizedTest
    @CsvSource({"Options None, 403", "Options SymLinksIfOwnerMatch, file:sub/x.txt", "'', file:sub/x.txt"})
    void rewriteRulesNeedLinks(String options, String expected) throws Exception {
        site.file("sub/.htaccess", "RewriteEngine On");

        assertThat(site.answer(section("Directory ROOT", options), "/sub/x.txt"))
                .isEqualTo(expected);
        assertThat(site.answer(section("Directory ROOT", options), "/x.txt")).isEqualTo("file:x.txt");
    }

    @Test
    void rewriteRuleSeesThePathBelowItsDirectoryHoweverThatIsWritten() {
        assertThat(site.answer(section("Directory ROOT/./x//../sub/", "RewriteRule ^x - [F]"), "/sub/x.txt"))
                .isEqualTo("403");
    }

    @Test
    void indexFileKeepsTheExpressionsThatMatchItsFolder() {
        String denied = section("Directory ROOT/sub", DENIED);
        String grants = section("DirectoryMatch ^ROOT/sub/$", section("Files index.html", GRANTED));

        assertThat(site.answer("DirectoryIndex x.txt\n" + section("DirectoryMatch ^ROOT/sub/$", DENIED), "/sub/"))
                .isEqualTo("403");
        assertThat(site.answer(
                        "DirectoryIndex x.txt\n" + denied + section("DirectoryMatch ^ROOT/sub/$", GRANTED), "/sub/"))
                .isEqualTo("file:sub/x.txt");
        assertThat(site.answer(denied + grants, "/sub/")).isEqualTo("403");
    }

    @Test
    void expressionForADirectorySeesTheSlashOfAFolder() {
        String denied = section("Directory ROOT", DENIED);

        assertThat(site.answer(denied + section("DirectoryMatch /sub/$", GRANTED), "/sub"))
                .isEqualTo("403");
        assertThat(site.answer(denied + section("DirectoryMatch /sub$", GRANTED), "/sub"))
                .isEqualTo("moved:/sub/");
        assertThat(site.answer(denied + section("DirectoryMatch /sub/(x.txt)?$", GRANTED), "/sub/x.txt"))
                .isEqualTo("file:sub/x.txt");
    }

    // ---- symbolic links -------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "'',                              file:l.txt, file:l/x.txt",
        "Options None,                    403,        403",
        "Options Indexes,                 403,        403",
        "Options -FollowSymLinks,         403,        403",
        "Options +SymLinksIfOwnerMatch,   file:l.txt, file:l/x.txt",
        "Options SymLinksIfOwnerMatch,    file:l.txt, file:l/x.txt",
        "Options FollowSymLinks,          file:l.txt, file:l/x.txt"
    })
    void linkInsideTheRootIsFollowedUnlessOptionsForbidIt(String options, String file, String folder) throws Exception {
        Files.createSymbolicLink(site.root().resolve("l.txt"), Path.of("x.txt"));
        Files.createSymbolicLink(site.root().resolve("l"), Path.of("sub"));

        assertThat(site.answer(section("Directory ROOT", options), "/l.txt")).isEqualTo(file);
        assertThat(site.answer(section("Directory ROOT", options), "/l/x.txt")).isEqualTo(folder);
        assertThat(site.answer(section("Directory ROOT", options), "/x.txt")).isEqualTo("file:x.txt");
    }

    @Test
    void optionsOfTheFolderThatHoldsALinkCount() throws Exception {
        Files.createSymbolicLink(site.root().resolve("sub/l"), Path.of("deep"));
        site.file("sub/.htaccess", "Options -FollowSymLinks").file("sub/deep/.htaccess", "Options +FollowSymLinks");

        assertThat(site.answer("AllowOverride All", "/sub/l/x.txt")).isEqualTo("403");
        assertThat(site.answer("AllowOverride All", "/sub/deep/x.txt")).isEqualTo("file:sub/deep/x.txt");
    }

    @Test
    void linkOnTheWayToTheRootObeysTheOptionsAbove() throws Exception {
        Path link = Files.createSymbolicLink(site.root().resolveSibling("link"), site.root());
        String directives = "Alias /l " + link + "\n" + section("Directory /", "Options None");

        assertThat(site.answer(directives, "/l/x.txt")).isEqualTo("403");
        assertThat(site.answer(
                        directives + section("Directory " + link.getParent(), "Options FollowSymLinks"), "/l/x.txt"))
                .startsWith("file:");
    }

    // ---- handlers, paths behind names -----------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {"RemoveHandler .foo\nAddHandler cgi-script .foo", "AddHandler cgi-script .foo\nRemoveHandler foo"
            })
    void handlerIsRemovedLastInOnePlace(String htaccess) throws Exception {
        site.files("b.foo").file(".htaccess", htaccess);

        assertThat(site.answer("", "/b.foo")).isEqualTo("file:b.foo");
        assertThat(site.answer("RemoveHandler .foo\nAddHandler fcgid-script .foo\nAllowOverride None", "/b.foo"))
                .isEqualTo("script:/b.foo:");
    }

    @Test
    void handlerThatApacheRemembersBelowProtectsTheSource() throws Exception {
        site.files("b.foo", "sub/b.foo").file(".htaccess", "AddHandler cgi-script .foo\nRemoveHandler .foo");
        assertThat(site.answer("", "/sub/b.foo")).isEqualTo("file:sub/b.foo");

        site.file("sub/.htaccess", "RemoveHandler .x");

        assertThat(site.answer("", "/sub/b.foo")).isEqualTo("403");
        assertThat(site.answer("", "/b.foo")).isEqualTo("file:b.foo");
    }

    @Test
    void acceptPathInfoOffRefusesAPathBehindAScript() throws Exception {
        site.file(".htaccess", "AcceptPathInfo Off");

        assertThat(site.answer("", "/a.fcgi/info")).isEqualTo("404");
        assertThat(site.answer("", "/a.fcgi")).isEqualTo("script:/a.fcgi:");
        assertThat(site.answer("AllowOverride None", "/a.fcgi/info")).isEqualTo("script:/a.fcgi:/info");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<Files x.txt>\nSetHandler fcgid-script\nRequire all granted",
                "<Files a>\nSetHandler fcgid-script\nAddHandler fcgid-script .foo",
                "<Files a>\nSetHandler fcgid-script\nSetHandler fcgid-script",
                "<Files a>\nSetHandler fcgid-script\n<Files x.txt>\nRequire all granted\n</Files>",
                "<Files a>\n<Files x.txt>\nRequire all granted\n</Files>\n</Files>"
            })
    void sectionThatIsNotClosedOpensNothing(String lines) throws Exception {
        site.file("sub/.htaccess", lines);

        assertThat(site.answer(section("Directory ROOT/sub", DENIED), "/sub/x.txt"))
                .isEqualTo("403");
    }
}
