/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.NamedPipe;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Named pipes and devices are not opened: that would block a thread for ever. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpecialFilesTest {

    @TempDir
    private Path folder;

    private MappedSite site;

    @BeforeEach
    void makeSite() throws Exception {
        site = new MappedSite(folder);
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void htaccessThatIsANamedPipeClosesItsFolder() throws Exception {
        NamedPipe.make(site.root().resolve("sub/.htaccess"));

        assertThat(site.answer("", "/sub/x.txt")).isEqualTo("403");
        assertThat(site.answer("", "/x.txt")).isEqualTo("file:x.txt");
    }

    @Test
    void htaccessThatIsADirectoryOrADeviceClosesItsFolder() throws Exception {
        Files.createDirectory(site.root().resolve(".htaccess"));
        assertThat(site.answer("", "/x.txt")).isEqualTo("403");

        Files.delete(site.root().resolve(".htaccess"));
        Files.createSymbolicLink(site.root().resolve(".htaccess"), Path.of("/dev/zero"));
        assertThat(site.answer("", "/x.txt")).isEqualTo("403");
    }

    @Test
    void namedPipeIsNeitherSentNorRun() throws Exception {
        NamedPipe.make(site.root().resolve("pipe.txt"));
        NamedPipe.make(site.root().resolve("pipe.fcgi"));
        NamedPipe.make(site.root().resolve("pipe.php"));

        assertThat(site.answer("", "/pipe.txt")).isEqualTo("403");
        assertThat(site.answer("", "/pipe.fcgi")).isEqualTo("403");
        assertThat(site.answer("AddHandler fcgid-script .php\nFcgidWrapper /usr/bin/php-cgi .php", "/pipe.php"))
                .isEqualTo("403");
    }
}
