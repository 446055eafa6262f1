/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.ScriptPath;
import dev.fcgid4j.codec.EncodedPairs;
import dev.fcgid4j.codec.NameValuePairs;
import dev.fcgid4j.pool.WorkerPool;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.IdentityHashMap;

/**
 * What all exchanges of a gateway on one event loop share.
 *
 * <p>Threading: belongs to its event loop.
 */
final class EventLoopContext {

    private static final int MAX_SCRIPTS = 1024;

    private final WorkerPool pool;
    private final GatewaySettings settings;
    private final CgiEnvironment environment;
    private final EventLoop loop;
    private final IoTimeouts timeouts;

    /** By identity: the mapping gives the same path object as long as its answer for a request stays the same. */
    private final IdentityHashMap<ScriptPath, EncodedPairs> scriptVariables = new IdentityHashMap<>();

    EventLoopContext(WorkerPool pool, GatewaySettings settings, CgiEnvironment environment, EventLoop loop) {
        this.pool = requireNonNull(pool, "pool");
        this.settings = requireNonNull(settings, "settings");
        this.environment = requireNonNull(environment, "environment");
        this.loop = requireNonNull(loop, "loop");
        this.timeouts = new IoTimeouts(loop, pool::now);
    }

    WorkerPool pool() {
        return pool;
    }

    GatewaySettings settings() {
        return settings;
    }

    /** The time on the pool's clock, in nanoseconds. */
    long now() {
        return pool.now();
    }

    EventLoop loop() {
        return loop;
    }

    IoTimeouts timeouts() {
        return timeouts;
    }

    /** The variables that every request to this script has alike, encoded once. */
    EncodedPairs scriptVariables(ScriptPath path) {
        EncodedPairs known = scriptVariables.get(path);
        if (known == null) {
            if (scriptVariables.size() >= MAX_SCRIPTS) {
                scriptVariables.clear();
            }
            known = encode(path);
            scriptVariables.put(path, known);
        }
        return known;
    }

    private EncodedPairs encode(ScriptPath path) {
        ByteBuf pairs = Unpooled.buffer();
        environment.ofScript(path).forEach((name, value) -> NameValuePairs.write(pairs, name, value));
        return EncodedPairs.copyOf(pairs);
    }
}
