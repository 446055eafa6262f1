/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import io.netty.channel.Channel;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a channel whose event loop has ended, so that no task can close it any more.
 *
 * <p>Stateless. Threading: any thread.
 */
final class AbandonedChannel {

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedChannel.class);

    private AbandonedChannel() {}

    /** Closes the descriptor. Does nothing on a transport that isn't native, and nothing the second time. */
    static void close(Channel channel) {
        if (channel instanceof UnixChannel unix) {
            try {
                unix.fd().close();
            } catch (IOException e) {
                LOG.debug("closing a connection of an event loop that has ended: {}", e.toString());
            }
        }
    }
}
