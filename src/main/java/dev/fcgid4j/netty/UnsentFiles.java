/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import io.netty.channel.ChannelPromise;

/**
 * Counts the files of a connection's responses that the socket has not taken completely. A channel counts no bytes of a file
 * in its write buffer, so it stays writable however many files wait in it, and each of them keeps a descriptor open.
 *
 * <p>Threading: belongs to the channel's event loop.
 */
final class UnsentFiles {

    private int count;

    /**
     * Notes a file that is being written.
     *
     * @param promise completed when the file has been sent or has failed
     * @param sent runs then
     * @return the promise for the write
     */
    ChannelPromise add(ChannelPromise promise, Runnable sent) {
        count++;
        return promise.unvoid().addListener(done -> {
            count--;
            sent.run();
        });
    }

    /** Returns whether every file has been sent or has failed. */
    boolean haveLeft() {
        return count == 0;
    }
}
