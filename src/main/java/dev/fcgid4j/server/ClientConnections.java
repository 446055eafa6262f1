/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.ClientSettings;
import dev.fcgid4j.limits.LogLimiter;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the connections of a server's clients, in all and by address, and knows which are idle.
 *
 * <p>Bound: {@link #max} stays below the descriptor limit, so that processes can be started, files opened and bodies
 * spooled however many clients there are.
 *
 * <p>Threading: any thread; the connections of an event loop that are idle belong to the loop.
 */
final class ClientConnections {

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnections.class);
    private static final int MOST = 10_000;
    private static final int MOST_KEPT = 4096; // descriptors for everything else
    private static final int LEAST_KEPT = 256; // the same, if MaxConnections names more

    private final int max;
    private final int maxPerAddress;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();
    private final Map<EventLoop, IdleConnections> idle = new ConcurrentHashMap<>();
    private final LogLimiter limiter = new LogLimiter();

    /**
     * Creates the count of a server.
     *
     * @param descriptors how many descriptors the process may open from now on
     */
    ClientConnections(ClientSettings settings, long descriptors) {
        this.max = max(settings.maxConnections(), descriptors);
        this.maxPerAddress =
                settings.maxConnectionsPerAddress() > 0 ? settings.maxConnectionsPerAddress() : Math.max(1, max / 2);
    }

    private static int max(int configured, long descriptors) {
        if (configured == 0) {
            return (int) Math.max(1, Math.min(MOST, descriptors - Math.min(descriptors / 2, MOST_KEPT)));
        }
        long most = Math.max(1, descriptors - Math.min(descriptors / 4, LEAST_KEPT));
        if (configured > most) {
            LOG.warn(
                    "MaxConnections {} is lowered to {}, because the process may open {} more descriptors and needs some"
                            + " for processes and files; raise the limit (ulimit -n)",
                    configured,
                    most,
                    descriptors);
        }
        return (int) Math.min(configured, most);
    }

    /** Most connections at the same time. */
    int max() {
        return max;
    }

    /** Connections that are open. */
    int open() {
        return open.get();
    }

    /** Counts a connection. Returns false if there are more than permitted now. */
    boolean opened() {
        return open.incrementAndGet() <= max;
    }

    void closed() {
        open.decrementAndGet();
    }

    /** Whether there are more connections than permitted. */
    boolean isOver() {
        return open.get() > max;
    }

    /** Counts a connection, or a relayed request, of an address. Returns false, and counts nothing, if it has too many. */
    boolean enter(InetAddress address) {
        int now = byAddress.merge(address, 1, Integer::sum);
        if (now > maxPerAddress) {
            leave(address);
            return false;
        }
        return true;
    }

    void leave(InetAddress address) {
        byAddress.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
    }

    /** The idle connections of an event loop. Used on the loop only. */
    IdleConnections idleOf(EventLoop loop) {
        return idle.computeIfAbsent(loop, added -> new IdleConnections());
    }

    /** The event loops that have had a client. */
    Collection<EventLoop> loops() {
        return idle.keySet();
    }

    /** Reports, once a minute, that no client can be accepted. */
    void notAccepted(Throwable cause) {
        if (limiter.permits("accept")) {
            LOG.warn(
                    "no client is accepted ({}); idle connections are closed. Raise the descriptor limit (ulimit -n), or"
                            + " lower MaxConnections",
                    cause.toString());
        }
    }

    /** Closes the connection of each event loop that has been idle for the longest time. Any thread. */
    void evictIdle() {
        for (EventLoop loop : idle.keySet()) {
            try {
                loop.execute(() -> idleOf(loop).evictOldest());
            } catch (RejectedExecutionException e) {
                LOG.debug("an event loop has ended before: {}", e.toString());
            }
        }
    }

    /** Reports, once a minute, that a client is refused. */
    void refused(String directive, Object client) {
        if (limiter.permits(directive)) {
            LOG.warn(
                    "{} is refused: there are {} connections ({}). Raise the limit if the machine can serve more",
                    client,
                    open.get(),
                    directive);
        }
    }
}
