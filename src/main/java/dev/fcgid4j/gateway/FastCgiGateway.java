/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.api.Internal;
import dev.fcgid4j.cgi.CgiEnvironment;
import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.limits.LogLimiter;
import dev.fcgid4j.mapping.HandlerResolver;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.pool.WorkerPool;
import dev.fcgid4j.watch.FileWatcher;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The door to the applications: what all requests of all adapters share. An adapter for a web server hands it to a {@link
 * ClientRequest}, one for each request, and calls nothing else here.
 *
 * <p>Threading: any thread, unless a method says otherwise. Nothing here blocks.
 */
public final class FastCgiGateway {

    /**
     * The parts that a gateway works with. They are borrowed.
     *
     * @param blocking looks up targets and files
     * @param spooling writes and reads temporary files
     */
    @Internal
    @SuppressWarnings("exports")
    public record Parts(
            HandlerResolver resolver,
            WorkerPool pool,
            FileWatcher watcher,
            CgiEnvironment environment,
            Executor blocking,
            Executor spooling) {}

    private final Parts parts;
    private final GatewaySettings settings;
    private final RequestResolver resolver;
    private final EventLoopContexts contexts;
    private final ByteBudget spoolMemory = ByteBudget.ofMemory();
    private final ByteBudget spoolDisk;
    private final LogLimiter spoolLog = new LogLimiter();

    /** Creates a gateway, and names it to the pool as the one that tries new processes. */
    @Internal
    public FastCgiGateway(Parts parts, GatewaySettings settings) {
        this.parts = requireNonNull(parts, "parts");
        this.settings = requireNonNull(settings, "settings");
        this.spoolDisk = new ByteBudget(settings.maxSpool());
        this.resolver = new RequestResolver(parts.watcher(), parts.resolver(), parts.blocking());
        this.contexts = new EventLoopContexts(
                loop -> new EventLoopContext(parts.pool(), settings, parts.environment(), loop, parts.blocking()));
        parts.pool().onWarm(new WarmUp(resolver, contexts));
    }

    /** How many event loops with requests have died; the clients of a dead loop get no answer. */
    @Internal
    public int deadEventLoops() {
        return contexts.died();
    }

    /** The limits of a request. */
    GatewaySettings settings() {
        return settings;
    }

    /**
     * Finds what answers a request. Drains the watcher first, so that the answer reflects every change completed before. A
     * script that is missing is waited for, as long as it may come back. Called on the loop.
     *
     * @param target the request target, a byte string
     * @param done is called on the loop; before this returns if the answer is known without the disk
     */
    void resolve(String target, EventLoop loop, Consumer<Resolution> done) {
        resolver.resolve(target, loop, done);
    }

    /** Creates a place for a request's body. */
    BodySpool newSpool(EventLoop loop, ByteBufAllocator allocator, BodySpool.Owner owner) {
        return new BodySpool(spoolMeans(loop, allocator), settings.maxRequestInMem(), owner);
    }

    /** Creates a place for what a client does not take yet of its response. */
    ResponseSpool newResponseSpool(EventLoop loop, ByteBufAllocator allocator, ResponseSpool.Owner owner) {
        return new ResponseSpool(spoolMeans(loop, allocator), settings.maxResponseSpool(), owner);
    }

    private SpoolMeans spoolMeans(EventLoop loop, ByteBufAllocator allocator) {
        return new SpoolMeans(spoolMemory, spoolDisk, spoolLog, allocator, loop, parts.spooling());
    }

    /**
     * Starts the exchange of a request whose body is complete. Drains the watcher first if there was a body to wait for.
     * Called on the loop.
     *
     * @param body owned by the exchange from now on
     * @param sink is called on the loop, perhaps before this returns
     */
    Exchange start(CgiRequest request, Resolution.Script script, RequestBody body, EventLoop loop, ResponseSink sink) {
        if (body.length() > 0) {
            parts.watcher().drain(); // the body may have taken a while to arrive
        }
        EventLoopContext context = contexts.of(loop);
        Exchange exchange = new Exchange(context, context.request(request, script, body), sink);
        exchange.start();
        return exchange;
    }
}
