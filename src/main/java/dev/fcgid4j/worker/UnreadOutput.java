/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.SocketQueue;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;

/** Asks the kernel whether the other end of a channel has read what was sent to it. Stateless. */
final class UnreadOutput {

    private UnreadOutput() {}

    /**
     * Returns whether the kernel has output of a channel that the other end has not read yet. Always false on a transport
     * that isn't native.
     */
    static boolean isThere(Channel channel) {
        try {
            return channel instanceof UnixChannel known
                    && known.fd().isOpen()
                    && SocketQueue.unreadOutput(known.fd().intValue()) > 0;
        } catch (PosixException e) {
            return false; // as on a transport that isn't native
        }
    }
}
