/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.application.ProcessClass;
import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.mapping.HandlerResolver;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.WorkerPool;
import dev.fcgid4j.watch.FileWatcher;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads a request through mapping, CGI, pool and worker. An adapter for a web server calls, in this order:
 *
 * <ol>
 *   <li>{@link #resolve} as soon as the request line and headers are there;
 *   <li>{@link #newSpool} for the body, when the answer is a {@link Resolution.Script};
 *   <li>{@link #start} when the body is complete.
 * </ol>
 *
 * <p>Freshness: the first step drains the watcher before it decides, and so does the last one when a body was read in
 * between; so a request which arrives after a change was completed is never answered by a worker from before.
 *
 * <p>Threading: everything on one event loop for one request. Nothing here blocks it.
 */
public final class FastCgiGateway {

    static final Logger LOG = LoggerFactory.getLogger(FastCgiGateway.class);

    /** The parts that a gateway works with; all of them borrowed. */
    public record Parts(
            HandlerResolver resolver,
            WorkerPool pool,
            FileWatcher watcher,
            CgiEnvironment environment,
            Executor blocking) {}

    private static final int LONGEST_PAUSE_MILLIS = 64;

    private final Parts parts;
    private final GatewaySettings settings;
    private final SpoolMemory spoolMemory = new SpoolMemory();
    private final ConcurrentHashMap<EventLoop, EventLoopContext> loops = new ConcurrentHashMap<>();

    /** Creates one. */
    public FastCgiGateway(Parts parts, GatewaySettings settings) {
        this.parts = requireNonNull(parts, "parts");
        this.settings = requireNonNull(settings, "settings");
        parts.pool().onWarm(new WarmUp(this));
    }

    /** The limits of a request. */
    public GatewaySettings settings() {
        return settings;
    }

    /**
     * Where a request leads. A script that is away is waited for, as long as it may come back.
     *
     * @param target the request target, a byte string
     * @param done told on the loop; before this returns when the answer needs no disk
     */
    public void resolve(String target, EventLoop loop, Consumer<Resolution> done) {
        resolve(target, loop, done, 1);
    }

    private void resolve(String target, EventLoop loop, Consumer<Resolution> done, int pauseMillis) {
        parts.watcher().drain();
        Optional<Resolution> known = parts.resolver().cached(target);
        if (known.isPresent()) {
            done.accept(known.get());
            return;
        }
        try {
            parts.blocking().execute(() -> {
                Resolution found = resolveNow(target);
                if (found instanceof Resolution.Refused refused && refused.mayComeBack()) {
                    int next = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
                    loop.schedule(() -> resolve(target, loop, done, next), pauseMillis, TimeUnit.MILLISECONDS);
                } else {
                    loop.execute(() -> done.accept(found));
                }
            });
        } catch (RejectedExecutionException e) {
            done.accept(new Resolution.Refused(503, "shutting down"));
        }
    }

    private Resolution resolveNow(String target) {
        try {
            return parts.resolver().resolve(target);
        } catch (RuntimeException e) {
            LOG.error("resolving a request failed; it is answered 500", e);
            return new Resolution.Refused(500, e.toString());
        }
    }

    /**
     * A place for a request's body.
     *
     * @param relieved run on the loop when the client may send again after {@link BodySpool#congested}
     */
    public BodySpool newSpool(EventLoop loop, ByteBufAllocator allocator, Runnable relieved) {
        return new BodySpool(
                new BodySpool.Means(settings.maxRequestInMem(), spoolMemory, allocator, loop, parts.blocking()),
                relieved);
    }

    /**
     * Starts the exchange of a request whose body is complete.
     *
     * @param body owned by the exchange from now on
     * @param sink told on the loop, perhaps before this returns
     */
    public Exchange start(
            CgiRequest request, Resolution.Script script, RequestBody body, EventLoop loop, ResponseSink sink) {
        if (body.length() > 0) {
            parts.watcher().drain(); // it may have taken a while to arrive
        }
        EventLoopContext state = state(loop);
        Exchange exchange = new Exchange(state, exchangeRequest(state, request, script, body), sink);
        exchange.start();
        return exchange;
    }

    /** Runs a request on a given worker and no other; on the loop. */
    void startOn(Lease lease, CgiRequest request, Resolution.Script script, EventLoop loop, ResponseSink sink) {
        EventLoopContext state = state(loop);
        Exchange.on(lease, state, exchangeRequest(state, request, script, RequestBody.EMPTY), sink);
    }

    private ExchangeRequest exchangeRequest(
            EventLoopContext state, CgiRequest request, Resolution.Script script, RequestBody body) {
        return new ExchangeRequest(
                script.processClass(),
                request.method(),
                state.scriptVariables(script.path()),
                parts.environment().ofRequest(request, script.path(), script.passHeaders()),
                body);
    }

    private EventLoopContext state(EventLoop loop) {
        EventLoopContext known = loops.get(loop);
        return known != null
                ? known
                : loops.computeIfAbsent(
                        loop, l -> new EventLoopContext(parts.pool(), settings, parts.environment(), l));
    }

    /** An event loop that serves requests; empty before the first one. */
    Optional<EventLoop> anyLoop() {
        return loops.keySet().stream().findFirst();
    }

    /** No path leads to this application any more: its workers are retired. */
    public void superseded(ProcessClass processClass) {
        if (parts.pool().retire(processClass)) {
            LOG.info("{}: its configuration changed", processClass);
        }
    }
}
