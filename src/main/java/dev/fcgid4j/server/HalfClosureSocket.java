/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.posix.TcpProgress;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/**
 * A channel's socket that never leaves epoll while it is open.
 *
 * <h2>Why</h2>
 *
 * When the input of a channel has ended, and nothing waits to be written, the channel waits for no event. Netty 4.2.18
 * removes such a socket from epoll, and later fails to modify it there (ENOENT). So a response that does not fit into the
 * socket's buffer at once is lost, and a reset by the client goes unnoticed.
 *
 * <h2>How</h2>
 *
 * A socket that waits for no event is registered with EPOLLET alone. For that the kernel reports an error, and reports it
 * once. A TCP connection with an error is closed then. Other sockets may still hold bytes that are read later.
 *
 * <p>Threading: belongs to one event loop. Source: epoll_ctl(2).
 */
final class HalfClosureSocket implements EpollIoHandle {

    private final EpollIoHandle channel;
    private boolean inEpoll;
    private boolean waitsForNothing;

    HalfClosureSocket(EpollIoHandle channel) {
        this.channel = channel;
    }

    /** The channel waits for other events now; returns the ones to register. A new socket joins with its first event. */
    EpollIoOps waitFor(EpollIoOps events) {
        boolean none = events.equals(EpollIoOps.NONE);
        waitsForNothing = none && inEpoll;
        inEpoll |= !none;
        return waitsForNothing ? EpollIoOps.EPOLLET : events;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {
        boolean failed = waitsForNothing
                && ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLERR)
                && TcpProgress.of(fd().intValue()).isPresent();
        channel.handle(registration, event);
        if (failed) {
            close();
        }
    }

    @Override
    public FileDescriptor fd() {
        return channel.fd();
    }

    @Override
    public void registered() {
        channel.registered();
    }

    @Override
    public void unregistered() {
        channel.unregistered();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (Exception e) {
            throw new IllegalStateException("a channel could not be closed", e);
        }
    }
}
