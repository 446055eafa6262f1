/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.AddressRange;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteIpTest {

    private static final RemoteIp PROXIES = new RemoteIp(
            "X-Forwarded-For",
            List.of(
                    AddressRange.parse("10.1.0.0/16", true).orElseThrow(),
                    AddressRange.parse("192.0.2.8/30", false).orElseThrow(),
                    AddressRange.parse("2001:db8::/33", true).orElseThrow()));

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3,     198.51.100.7,                 198.51.100.7",
        "10.2.2.3,     198.51.100.7,                 10.2.2.3",
        "10.1.2.3,     '1.2.3.4, 198.51.100.7',      198.51.100.7",
        "10.1.2.3,     '198.51.100.7, 10.1.9.9',     198.51.100.7",
        "10.1.2.3,     10.7.7.7,                     10.7.7.7",
        "192.0.2.9,    198.51.100.7,                 198.51.100.7",
        "192.0.2.9,    10.7.7.7,                     192.0.2.9",
        "192.0.2.9,    127.0.0.1,                    192.0.2.9",
        "192.0.2.12,   198.51.100.7,                 192.0.2.12",
        "10.1.2.3,     unknown,                      10.1.2.3",
        "10.1.2.3,     '198.51.100.7, unknown',      10.1.2.3",
        "10.1.2.3,     '198.51.100.7,',              10.1.2.3",
        "10.1.2.3,     2001:db9::7,                  2001:db9::7",
        "2001:db8::9,  2001:db9::7,                  2001:db9::7",
        "2001:db8:8000::9, 2001:db9::7,              2001:db8:8000::9"
    })
    void lastAddressThatIsNoTrustedProxyIsTheClient(String peer, String field, String client) {
        assertThat(PROXIES.client(AddressRange.address(peer).orElseThrow(), List.of(field)))
                .isEqualTo(AddressRange.address(client).orElseThrow());
    }
}
