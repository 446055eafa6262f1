/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.api.Internal;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;

/** The head of a request that a trusted proxy has relayed for a client. Threading: as any message of Netty. */
@Internal
public final class RelayedRequest extends DefaultHttpRequest {

    private final InetSocketAddress client;

    /**
     * Takes the place of the head of a request.
     *
     * @param client the client's address as the proxy names it; its port is 0
     */
    public RelayedRequest(HttpRequest head, InetSocketAddress client) {
        super(head.protocolVersion(), head.method(), head.uri(), head.headers());
        setDecoderResult(head.decoderResult());
        this.client = client;
    }

    /** Returns the address of the client behind the proxy. */
    public InetSocketAddress client() {
        return client;
    }
}
