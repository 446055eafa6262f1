/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.AddressRange;
import dev.fcgid4j.ClientSettings;
import dev.fcgid4j.netty.RelayedRequest;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Finds the client of a request that comes through proxies: a request from a trusted proxy goes on as a {@link
 * RelayedRequest}.
 *
 * <p>The header lists addresses; each proxy adds the one that it got the request from at the end. So the list is read from
 * its end, as long as the address that named the next one is a trusted proxy. What a client has written into the header
 * itself stands before that and counts for nothing.
 *
 * <p>Threading: one for each channel, on its event loop. Source: httpd's mod_remoteip.
 */
final class RemoteIp extends ChannelInboundHandlerAdapter {

    private final String header;
    private final List<AddressRange> proxies;

    /**
     * Creates a handler for one channel.
     *
     * @param header the name of the field that lists addresses (RemoteIPHeader)
     * @param proxies the trusted proxies (RemoteIPTrustedProxy, RemoteIPInternalProxy)
     */
    RemoteIp(String header, List<AddressRange> proxies) {
        this.header = header;
        this.proxies = proxies;
    }

    /** Returns the handler for one channel; empty if no header or no proxy is named. */
    static Optional<RemoteIp> of(ClientSettings settings) {
        return settings.remoteIpHeader()
                .filter(name -> !settings.proxies().isEmpty())
                .map(name -> new RemoteIp(name, settings.proxies()));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest head
                && ctx.channel().remoteAddress() instanceof InetSocketAddress peer
                && peer.getAddress() != null
                && head.headers().contains(header)) {
            InetAddress client = client(peer.getAddress(), head.headers().getAll(header));
            ctx.fireChannelRead(
                    client.equals(peer.getAddress())
                            ? head
                            : new RelayedRequest(head, new InetSocketAddress(client, 0)));
        } else {
            ctx.fireChannelRead(message);
        }
    }

    /** Returns the last address of the chain that is no trusted proxy, or that is the first one. */
    InetAddress client(InetAddress peer, List<String> fields) {
        Deque<String> named = new ArrayDeque<>(List.of(String.join(",", fields).split(",", -1)));
        InetAddress client = peer;
        while (!named.isEmpty()) {
            Optional<AddressRange> proxy = proxy(client);
            Optional<InetAddress> next = proxy.isEmpty()
                    ? Optional.empty()
                    : AddressRange.address(named.removeLast().strip())
                            .filter(it -> proxy.get().internal() || isPublic(it));
            if (next.isEmpty()) {
                return client;
            }
            client = next.get();
        }
        return client;
    }

    /** Returns the range of trusted proxies that an address belongs to. */
    private Optional<AddressRange> proxy(InetAddress address) {
        return proxies.stream().filter(range -> range.contains(address)).findFirst();
    }

    /** Returns whether an address may be that of a client on the internet. Only an internal proxy may name another one. */
    private static boolean isPublic(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isSiteLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isAnyLocalAddress()
                && (address.getAddress()[0] & 0xfe) != 0xfc; // unique local addresses of IPv6
    }
}
