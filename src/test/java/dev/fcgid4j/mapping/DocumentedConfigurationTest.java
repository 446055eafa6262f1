/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration that README.md and docs quote does what they say; {@code SnippetsTest} holds the quotes. */
class DocumentedConfigurationTest {

    @TempDir
    private Path folder;

    private MappedSite site;

    @BeforeEach
    void makeSite() throws IOException {
        site = new MappedSite(folder);
    }

    @AfterEach
    void close() {
        site.close();
    }

    /** A region of a file of snippets. */
    private static String snippet(String file, String region) throws IOException {
        Matcher found = Pattern.compile("# region " + region + "\\n(.*?)# endregion", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/test/resources/docs", file)));
        assertThat(found.find()).as("region %s of %s", region, file).isTrue();
        return found.group(1);
    }

    @Test
    void twoLinesOfHtaccessMakeAnExtensionOneOfScripts() throws IOException {
        site.files("hello.rb");
        assertThat(site.answer("", "/hello.rb")).isNotEqualTo("script:/hello.rb:");

        site.file(".htaccess", snippet("htaccess.conf", "any-extension"));

        assertThat(site.answer("", "/hello.rb")).isEqualTo("script:/hello.rb:");
    }
}
