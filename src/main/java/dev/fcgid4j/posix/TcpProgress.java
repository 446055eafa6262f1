/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import com.sun.jna.Memory;
import java.util.Optional;

/**
 * How far the peer of a TCP connection has got.
 *
 * <p>Immutable. Source: tcp(7), TCP_INFO; {@code struct tcp_info} in linux/tcp.h, since Linux 4.6.
 *
 * @param acknowledged bytes that the peer's kernel has acknowledged since the connection was opened
 * @param isPending whether the send queue has bytes that are not acknowledged
 */
public record TcpProgress(long acknowledged, boolean isPending) {

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int SIZE = 256; // newer kernels have more fields than are read here

    // Offsets in struct tcp_info.
    private static final int UNACKED = 24;
    private static final int BYTES_ACKED = 120;
    private static final int NOTSENT_BYTES = 144;

    /**
     * Asks the kernel about a socket. Does not block.
     *
     * @param fd borrowed
     * @return empty if the socket is no TCP socket, or the kernel does not report this
     */
    public static Optional<TcpProgress> of(int fd) {
        Memory info = new Memory(SIZE);
        Memory length = new Memory(Integer.BYTES);
        length.setInt(0, SIZE);
        int result = LibC.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, length);
        if (result != 0 || length.getInt(0) < NOTSENT_BYTES + Integer.BYTES) {
            return Optional.empty();
        }
        boolean pending = info.getInt(UNACKED) != 0 || info.getInt(NOTSENT_BYTES) != 0;
        return Optional.of(new TcpProgress(info.getLong(BYTES_ACKED), pending));
    }
}
