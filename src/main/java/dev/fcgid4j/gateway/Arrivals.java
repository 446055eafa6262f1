/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.watch.FileWatcher;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests that have arrived in one turn of an event loop. They go on when the turn has read what there was, after one look
 * at the watcher for all of them: so each of them was sent before that look.
 *
 * <p>Threading: belongs to its event loop.
 */
final class Arrivals {

    private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

    private final EventLoop loop;
    private final FileWatcher watcher;
    private List<Runnable> arrived = new ArrayList<>();

    Arrivals(EventLoop loop, FileWatcher watcher) {
        this.loop = requireNonNull(loop, "loop");
        this.watcher = requireNonNull(watcher, "watcher");
    }

    /**
     * One has arrived.
     *
     * @param next run once what was changed before now is known
     */
    void add(Runnable next) {
        if (arrived.isEmpty()) {
            loop.execute(this::look);
        }
        arrived.add(next);
    }

    private void look() {
        List<Runnable> all = arrived;
        arrived = new ArrayList<>(); // those that arrive meanwhile need another look
        watcher.drain();
        for (Runnable each : all) {
            try {
                each.run();
            } catch (RuntimeException e) {
                LOG.error("a request can't go on", e);
            }
        }
    }
}
