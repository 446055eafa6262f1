/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoOps;

/**
 * The registration of a {@link HalfClosureSocket}: says for which events it waits.
 *
 * <p>Threading: belongs to the event loop of the socket.
 */
record HalfClosureRegistration(IoRegistration registered, HalfClosureSocket socket) implements IoRegistration {

    @Override
    public long submit(IoOps events) {
        return registered.submit(socket.waitFor((EpollIoOps) events));
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // of Netty's interface
    public <T> T attachment() {
        return registered.attachment();
    }

    @Override
    public boolean isValid() {
        return registered.isValid();
    }

    @Override
    public boolean cancel() {
        return registered.cancel();
    }
}
