/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import dev.fcgid4j.posix.LibC;
import dev.fcgid4j.posix.PosixException;
import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;

/** Asks the kernel whether a channel has input, without reading it. Stateless. */
final class UnreadInput {

    private UnreadInput() {}

    /**
     * Returns whether the kernel has input for a channel, or the end of it, that the channel has not read yet. Always false
     * on a transport that isn't native.
     */
    static boolean isThere(Channel channel) {
        try {
            return channel instanceof UnixChannel known
                    && known.fd().isOpen()
                    && LibC.readable(known.fd().intValue());
        } catch (PosixException e) {
            return false; // as on a transport that isn't native
        }
    }
}
