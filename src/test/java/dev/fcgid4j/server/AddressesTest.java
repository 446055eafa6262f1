/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.failure.ConfigurationException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

    @ParameterizedTest
    @CsvSource({
        "8080, 0.0.0.0:8080",
        "*:8080, 0.0.0.0:8080",
        "127.0.0.1:0, 127.0.0.1:0",
        "127.0.0.1:65535, 127.0.0.1:65535",
        "[::1]:8080, [0:0:0:0:0:0:0:1]:8080",
        "::1:8080, [0:0:0:0:0:0:0:1]:8080"
    })
    void addressIsReadAndWritten(String text, String written) {
        assertThat(Addresses.text(Addresses.parse(text))).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "localhost:", "localhost:http", "localhost:-1", "localhost:65536", ":80"})
    void textWithoutHostOrPortIsRefused(String text) {
        assertThatThrownBy(() -> Addresses.parse(text))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("expected HOST:PORT with a port from 0 to 65535, such as 127.0.0.1:8080, found " + text);
    }

    @Test
    void unresolvedAddressIsWrittenByItsName() {
        assertThat(Addresses.text(InetSocketAddress.createUnresolved("example.org", 80)))
                .isEqualTo("example.org:80");
    }

    @ParameterizedTest
    @CsvSource({
        "page.html, text/html; charset=utf-8",
        "PAGE.HTML, text/html; charset=utf-8",
        "archive.tar.gz, application/gzip",
        "photo.jpeg, image/jpeg",
        "README, application/octet-stream",
        ".htaccess, application/octet-stream",
        "x.unknown, application/octet-stream"
    })
    void lastExtensionNamesTheMediaType(String file, String type) {
        assertThat(MediaTypes.of(file)).isEqualTo(type);
    }
}
