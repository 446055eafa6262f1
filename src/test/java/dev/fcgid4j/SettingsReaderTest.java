/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server's directives come to. */
class SettingsReaderTest {

    @TempDir
    private Path temp;

    private FcgiSettings read(String directives) {
        return FcgiProcessManager.builder()
                .documentRoot(temp)
                .directives(directives, "test.conf")
                .settings();
    }

    @Test
    void documentRootOfTheFileWins() throws Exception {
        Path other = Files.createDirectories(temp.resolve("other"));

        assertThat(read("DocumentRoot " + other).mapping().documentRoot()).isEqualTo(other);
        assertThat(read("").mapping().documentRoot()).isEqualTo(temp);
        assertThatThrownBy(() -> read("DocumentRoot /no/such"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("test.conf:1: DocumentRoot: ");
    }

    @Test
    void listenMayBeRepeated() {
        assertThat(read("Listen 127.0.0.1:8080\nListen 9090").listen()).containsExactly("127.0.0.1:8080", "9090");
    }

    @Test
    void serverIsDescribedToApplications() {
        assertThat(read("ServerName example.org\nServerAdmin me@example.org").cgi())
                .satisfies(cgi -> assertThat(cgi.serverName()).isEqualTo("example.org"))
                .satisfies(cgi -> assertThat(cgi.serverAdmin()).isEqualTo("me@example.org"));
    }

    @ParameterizedTest
    @CsvSource({
        "mod_fcgid.c, 5",
        "MOD_FCGID.C, 1000", // httpd compares the case, too
        "fcgid_module, 5",
        "mod_mime.c, 5",
        "!mod_nothing.c, 5",
        "mod_nothing.c, 1000",
        "!mod_fcgid.c, 1000"
    })
    void limitInsideIfModuleCountsWhereThatIsTrue(String module, int expected) {
        assertThat(read("<IfModule " + module + ">\nFcgidMaxProcesses 5\n</IfModule>")
                        .pool()
                        .maxProcesses())
                .isEqualTo(expected);
    }

    @Test
    void pastedSectionOfModFcgidIsUnderstood() {
        FcgiSettings settings = read("""
                <IfModule mod_fcgid.c>
                  <IfVersion >= 2.4>
                    FcgidIPCDir /tmp
                  </IfVersion>
                  FcgidProcessTableFile /run/fcgid_shm
                  FcgidConnectTimeout 20
                  FcgidWin32PreventOrphans On
                  FcgidMaxRequestsPerProcess 500
                  <IfModule mod_mime.c>
                    AddHandler fcgid-script .fcgi
                  </IfModule>
                </IfModule>
                """);

        assertThat(settings.mapping().limits().maxRequestsPerProcess()).isEqualTo(500);
        assertThat(settings.process().runParent()).isEqualTo(Path.of("/tmp"));
    }

    @Test
    void limitsOfOneCommandAreRefusedInWords() {
        assertThatThrownBy(() -> read("<IfModule mod_fcgid.c>\nFcgidCmdOptions /bin/sh MaxProcesses 5\n</IfModule>"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("test.conf:2: FcgidCmdOptions: ")
                .hasMessageContaining("not supported")
                .hasMessageContaining("FcgidMaxProcessesPerClass");
    }

    @ParameterizedTest
    @ValueSource(strings = {"FcgidMaxProcesses none", "FcgidMaxProcesses 0", "Listen", "FcgidIPCDir tmp"})
    void mistakeNamesItsPlace(String line) {
        assertThatThrownBy(() -> read("# first\n" + line)).hasMessageStartingWith("test.conf:2: ");
    }
}
