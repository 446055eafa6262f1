/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.testkit.LogCapture;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A regular expression that backtracks for minutes is answered 500: it may protect what it does not match in time. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PatternOverrunTest {

    private static final String NAME = "long-name-long-name-long-name-long-name.txt";
    private static final String SLOW = "^" + "(.*)".repeat(12) + "#$";

    @TempDir
    private Path folder;

    private MappedSite site;

    @BeforeEach
    void makeSite() throws Exception {
        site = new MappedSite(folder).files("a-long-name-of-a-folder/" + NAME);
    }

    @AfterEach
    void close() {
        site.close();
    }

    private String answer(String directives) {
        return site.answer(directives, "/a-long-name-of-a-folder/" + NAME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RedirectMatch 404 SLOW",
                "RewriteRule SLOW - [F]",
                "RewriteRule \"!EXPRESSION\" - [F]",
                "<FilesMatch SLOW>\nRequire all denied\n</FilesMatch>",
                "<Files ~ SLOW>\nRequire all denied\n</Files>",
                "<DirectoryMatch SLOW>\nRequire all denied\n</DirectoryMatch>",
                "<Directory ~ SLOW>\nRequire all denied\n</Directory>",
                "<LocationMatch SLOW>\nRequire all denied\n</LocationMatch>",
                "<Location ~ SLOW>\nRequire all denied\n</Location>",
                "<Files *[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*0>\nRequire all denied\n</Files>",
                "<FilesMatch SLOW>\nSetHandler default-handler\n</FilesMatch>"
            })
    void overrunOfAnyKindOfPatternIs500(String directives) {
        String text = directives.replace("SLOW", "\"" + SLOW + "\"").replace("EXPRESSION", SLOW);
        assertThat(answer(text)).isEqualTo("500");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RedirectMatch 404 SLOW",
                "RewriteRule SLOW - [F]",
                "<FilesMatch SLOW>\nRequire all denied\n</FilesMatch>"
            })
    void overrunInHtaccessIs500(String directives) throws Exception {
        site.file(".htaccess", directives.replace("SLOW", "\"" + SLOW + "\""));

        assertThat(answer("")).isEqualTo("500");
        assertThat(site.answer("", "/x.txt")).isEqualTo("file:x.txt");
    }

    @Test
    void overrunIsLoggedOnceWithFileAndLine() {
        String directives = "# first line\nRedirectMatch 404 \"" + SLOW + "\"";
        try (LogCapture log = LogCapture.of(SiteResolver.class.getName())) {
            answer(directives);

            assertThat(log.lines(Level.WARN))
                    .singleElement()
                    .asString()
                    .startsWith("test.conf:2: the regular expression needs more than 1000000 steps");
        }
    }

    @Test
    void expressionThatIsNestedTooDeeplyIsAMistakeOfItsFile() throws Exception {
        site.file(".htaccess", "RedirectMatch 404 " + "(".repeat(200_000) + ")".repeat(200_000));

        assertThat(answer("")).isEqualTo("403");
    }

    @Test
    void sectionsThatAreNestedTooDeeplyCloseTheirFolder() throws Exception {
        site.file(".htaccess", "<IfModule none.c>\n".repeat(40_000) + "</IfModule>\n".repeat(40_000));

        assertThat(answer("")).isEqualTo("403");
    }

    @Test
    void expressionThatTakesTooLongToCompileIsAMistakeOfItsFile() throws Exception {
        site.file(".htaccess", "RedirectMatch 404 " + "{".repeat(900_000));

        assertThat(answer("")).isEqualTo("403");
    }

    @Test
    void expressionThatWorksWithoutALookAtACharacterIsAMistakeOfItsFile() throws Exception {
        site.file(".htaccess", "RedirectMatch 404 (?:(?:(?:){9999}){9999}){9999}x");

        assertThat(answer("")).isEqualTo("403");
    }
}
