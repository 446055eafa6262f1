/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.pool.WorkerPool;
import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;

/**
 * What all exchanges of a gateway on one event loop share.
 *
 * <p>Threading: belongs to its event loop.
 */
final class EventLoopContext {

    private final WorkerPool pool;
    private final GatewaySettings settings;
    private final CgiEnvironment environment;
    private final EventLoop loop;
    private final IoTimeouts timeouts;
    private final long quietNanos;

    private final Executor blocking;
    private final ScriptVariables scriptVariables;

    EventLoopContext(
            WorkerPool pool, GatewaySettings settings, CgiEnvironment environment, EventLoop loop, Executor blocking) {
        this.blocking = requireNonNull(blocking, "blocking");
        this.pool = requireNonNull(pool, "pool");
        this.settings = requireNonNull(settings, "settings");
        this.environment = requireNonNull(environment, "environment");
        this.loop = requireNonNull(loop, "loop");
        this.scriptVariables = new ScriptVariables(environment);
        this.timeouts = new IoTimeouts(loop, pool::now);
        this.quietNanos = pool.settings().quietTime().toNanos();
    }

    WorkerPool pool() {
        return pool;
    }

    GatewaySettings settings() {
        return settings;
    }

    EventLoop loop() {
        return loop;
    }

    /** For what reads the disk. */
    Executor blocking() {
        return blocking;
    }

    IoTimeouts timeouts() {
        return timeouts;
    }

    /**
     * The loop has ended: gives back the workers of its requests. Called once, on another thread, after the loop's last
     * task.
     *
     * @return how many requests there were
     */
    int loopEnded() {
        return timeouts.loopEnded();
    }

    /** The time on the pool's clock, in nanoseconds. */
    long now() {
        return pool.now();
    }

    /** FcgidQuietTime, in nanoseconds. */
    long quietNanos() {
        return quietNanos;
    }

    /**
     * Makes the request that an application gets.
     *
     * @param body owned by the result
     */
    ExchangeRequest request(CgiRequest request, Resolution.Script script, RequestBody body) {
        return new ExchangeRequest(
                script.processClass(),
                request.method(),
                scriptVariables.of(script.path()),
                environment.ofRequest(request, script.path(), script.passHeaders()),
                body);
    }
}
