/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import org.junit.jupiter.api.Test;

/** For which events a socket waits; HalfClosedIT shows what becomes of a half-closed connection. */
class HalfClosureSocketTest {

    private final HalfClosureSocket socket = new HalfClosureSocket(new EpollIoHandle() {
        @Override
        public FileDescriptor fd() {
            throw new UnsupportedOperationException("not asked for");
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            throw new UnsupportedOperationException("there is no event");
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException("nothing closes it");
        }
    });

    @Test
    void socketThatIsNotConnectedYetWaitsForNoEvent() {
        assertThat(socket.waitFor(EpollIoOps.NONE)).isEqualTo(EpollIoOps.NONE);
    }

    @Test
    void socketWaitsForWhatItsChannelAsksFor() {
        assertThat(socket.waitFor(EpollIoOps.EPOLLIN)).isEqualTo(EpollIoOps.EPOLLIN);
        assertThat(socket.waitFor(EpollIoOps.EPOLLOUT)).isEqualTo(EpollIoOps.EPOLLOUT);
    }

    @Test
    void socketWithoutAnotherEventWaitsForAnErrorUntilThereIsOne() {
        assertThat(socket.waitFor(EpollIoOps.EPOLLIN)).isEqualTo(EpollIoOps.EPOLLIN);

        assertThat(socket.waitFor(EpollIoOps.NONE)).isEqualTo(EpollIoOps.EPOLLET);
        assertThat(socket.waitFor(EpollIoOps.EPOLLOUT)).isEqualTo(EpollIoOps.EPOLLOUT);
        assertThat(socket.waitFor(EpollIoOps.NONE)).isEqualTo(EpollIoOps.EPOLLET);
    }
}
