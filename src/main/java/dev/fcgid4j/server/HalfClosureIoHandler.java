/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;

/**
 * Netty's epoll handler, with sockets that stay in epoll after the end of their input ({@link HalfClosureSocket}). It wraps
 * each socket at its registration, and passes everything else on.
 *
 * <p>Threading: belongs to one event loop, except {@link #wakeup}.
 */
final class HalfClosureIoHandler implements IoHandler {

    private final IoHandler epoll;

    private HalfClosureIoHandler(IoHandler epoll) {
        this.epoll = epoll;
    }

    /** Returns a factory of such handlers around those of an epoll factory. */
    static IoHandlerFactory around(IoHandlerFactory epoll) {
        return executor -> new HalfClosureIoHandler(epoll.newHandler(executor));
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        if (!(handle instanceof EpollIoHandle socket)) {
            return epoll.register(handle);
        }
        HalfClosureSocket wrapped = new HalfClosureSocket(socket);
        return new HalfClosureRegistration(epoll.register(wrapped), wrapped);
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public int run(IoHandlerContext context) {
        return epoll.run(context);
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }
}
