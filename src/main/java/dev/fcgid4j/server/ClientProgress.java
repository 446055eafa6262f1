/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.posix.TcpProgress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.UnixChannel;
import java.util.Optional;

/**
 * How far a client has got with the bytes that were written for it. The kernel can queue megabytes for a client that takes
 * nothing, and needs minutes to pass them on to a slow one. So the client's acknowledgements count, not the writes. Where
 * the kernel does not report them, bytes count that have left the channel's write buffer.
 *
 * <p>Immutable.
 *
 * @param taken changes whenever the client has taken bytes
 * @param isPending whether there are bytes that the client has not taken
 */
record ClientProgress(long taken, boolean isPending) {

    static final ClientProgress NONE = new ClientProgress(0, false);

    /** Measures a channel. Call on its event loop. */
    static ClientProgress of(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer == null) {
            return NONE; // the channel is closed
        }
        // A file in the buffer counts no bytes.
        boolean inBuffer = buffer.totalPendingWriteBytes() > 0 || !buffer.isEmpty();
        Optional<TcpProgress> tcp = channel instanceof UnixChannel socket
                ? TcpProgress.of(socket.fd().intValue())
                : Optional.empty();
        return tcp.map(kernel -> new ClientProgress(kernel.acknowledged(), inBuffer || kernel.isPending()))
                .orElseGet(
                        () -> new ClientProgress(buffer.currentProgress() - buffer.totalPendingWriteBytes(), inBuffer));
    }
}
