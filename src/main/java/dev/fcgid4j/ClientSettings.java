/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a server grants to its clients. An embedder that has its own server may ignore it.
 *
 * @param maxConnections most connections at the same time ({@code MaxConnections}); 0, the default, for as many as the
 *     descriptor limit of the process leaves room for, at most 10,000
 * @param maxConnectionsPerAddress most of them from one address ({@code MaxConnectionsPerAddress}); 0, the default, for half
 * @param remoteIpHeader the request header that names the clients of a proxy ({@code RemoteIPHeader}); empty by default
 * @param proxies the proxies whose header is believed ({@code RemoteIPInternalProxy}, {@code RemoteIPTrustedProxy}); none
 *     by default
 * @param readTimeout how fast a client must send a request ({@code RequestReadTimeout})
 */
public record ClientSettings(
        int maxConnections,
        int maxConnectionsPerAddress,
        Optional<String> remoteIpHeader,
        List<AddressRange> proxies,
        RequestReadTimeout readTimeout) {

    public ClientSettings {
        requireNonNull(remoteIpHeader, "remoteIpHeader");
        requireNonNull(readTimeout, "readTimeout");
        proxies = List.copyOf(proxies);
        if (maxConnections < 0 || maxConnectionsPerAddress < 0) {
            throw new IllegalArgumentException("maxConnections and maxConnectionsPerAddress can't be negative");
        }
    }

    /** The defaults that stand beside each component above. */
    public static ClientSettings defaults() {
        return new ClientSettings(0, 0, Optional.empty(), List.of(), RequestReadTimeout.defaults());
    }

    /** The same with another {@link #maxConnections()}. */
    public ClientSettings withMaxConnections(int value) {
        return new ClientSettings(value, maxConnectionsPerAddress, remoteIpHeader, proxies, readTimeout);
    }

    /** The same with another {@link #maxConnectionsPerAddress()}. */
    public ClientSettings withMaxConnectionsPerAddress(int value) {
        return new ClientSettings(maxConnections, value, remoteIpHeader, proxies, readTimeout);
    }

    /** The same with another {@link #remoteIpHeader()}. */
    public ClientSettings withRemoteIpHeader(String name) {
        return new ClientSettings(maxConnections, maxConnectionsPerAddress, Optional.of(name), proxies, readTimeout);
    }

    /** The same with further {@link #proxies()}. */
    public ClientSettings withProxies(List<AddressRange> more) {
        List<AddressRange> all = new ArrayList<>(proxies);
        all.addAll(more);
        return new ClientSettings(maxConnections, maxConnectionsPerAddress, remoteIpHeader, all, readTimeout);
    }

    /** The same with another {@link #readTimeout()}. */
    public ClientSettings withReadTimeout(RequestReadTimeout value) {
        return new ClientSettings(maxConnections, maxConnectionsPerAddress, remoteIpHeader, proxies, value);
    }
}
