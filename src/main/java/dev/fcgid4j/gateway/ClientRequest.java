/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.TargetUri;
import dev.fcgid4j.mapping.Resolution;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Conducts one request of an HTTP client, from its head to the end of its response. Every adapter for a web server uses it,
 * so that none has to build the rules again.
 *
 * <h2>Phases</h2>
 *
 * <ol>
 *   <li>A head that leaves in doubt what the request is for is refused with 400, and the methods TRACE and CONNECT with 501.
 *   <li>The target is looked up. {@code OPTIONS *} asks for no path, so it is passed on to the web server as it is.
 *   <li>A body that announces more than FcgidMaxRequestLen is refused unread, with 413. A client that waits for 100 Continue
 *       gets it, if an application answers.
 *   <li>The body is taken completely, before a worker is asked for; for a target without an application it is dropped. A body
 *       that exceeds the limit is refused in the middle.
 *   <li>The application answers. Local redirects lead to further applications, at most ten.
 * </ol>
 *
 * <h2>Calls of an adapter</h2>
 *
 * {@code begin} once. Then {@link #content} for each piece of the body, while {@link #takesBody} is true; when it is not,
 * the adapter keeps the piece until {@link HttpAdapter#bodyWanted}. {@link #resume} when the client takes bytes again after
 * {@link HttpAdapter#writable} was false. {@link #cancel} when the client disconnects, at any time.
 *
 * <h2>Freshness</h2>
 *
 * The lookup drains the file watcher first, and so does the start of an application after a body was read. So a request that
 * arrives after a change was completed is never answered by a worker from before the change.
 *
 * <p>Threading: belongs to one event loop. Every method is called there, and calls the {@link HttpAdapter} there. An adapter
 * with threads of its own hands its calls to the loop.
 */
public final class ClientRequest {

    private static final int UNAVAILABLE = 503;
    private static final int INSUFFICIENT_STORAGE = 507;

    private static final Resolution SERVER = new Resolution.Refused(404, "the server as a whole, not a path");
    private static final int BAD_REQUEST = 400;
    private static final int NOT_IMPLEMENTED = 501;

    private final FastCgiGateway gateway;
    private final EventLoop loop;
    private final ByteBufAllocator allocator;
    private final HttpAdapter adapter;
    private final String target;
    private RequestPhase phase = RequestPhase.RESOLVING;
    private @Nullable Resolution resolution;
    private @Nullable BodySpool spool;
    private @Nullable ExchangeChain exchanges;
    private long received;

    /**
     * Creates one; {@code begin} starts it.
     *
     * @param loop the loop of the request; the connection to the worker lives there too
     * @param allocator for what is kept of the body and of the response
     * @param adapter the web server's side of this request
     */
    public ClientRequest(FastCgiGateway gateway, EventLoop loop, ByteBufAllocator allocator, HttpAdapter adapter) {
        this.gateway = requireNonNull(gateway, "gateway");
        this.loop = requireNonNull(loop, "loop");
        this.allocator = requireNonNull(allocator, "allocator");
        this.adapter = requireNonNull(adapter, "adapter");
        this.target = TargetUri.originForm(adapter.target());
    }

    // ---- the head -------------------------------------------------------------------------------------------------

    /** The target of the request in origin form: path and query, without the host that it may name. */
    public String target() {
        return target;
    }

    /** Begins the request: looks up its target. */
    public void begin() {
        int refusal = refusal();
        if (refusal != 0) {
            refuse(refusal);
        } else if (target.equals(TargetUri.SERVER)) {
            resolved(SERVER);
        } else {
            gateway.resolve(target, loop, this::resolved);
        }
    }

    /** Begins a request whose target needs no lookup. */
    public void begin(Resolution known) {
        int refusal = refusal();
        if (refusal == 0) {
            resolved(known);
        } else {
            refuse(refusal);
        }
    }

    /**
     * The status that refuses the request by its head, whatever it leads to; 0 if there is none. An application never gets
     * TRACE, whose response would show the client's cookies to its scripts, nor CONNECT, which is for proxies.
     */
    private int refusal() {
        String method = adapter.method();
        if (method.equals("TRACE") || method.equals("CONNECT")) {
            return NOT_IMPLEMENTED;
        }
        return TargetUri.isWellFormed(method, adapter.target(), adapter.protocol(), adapter.hosts()) ? 0 : BAD_REQUEST;
    }

    private void resolved(Resolution found) {
        if (phase != RequestPhase.RESOLVING) {
            return; // the client has disconnected
        }
        resolution = found;
        if (adapter.announcedLength() > gateway.settings().maxRequestLen()) {
            refuse(413);
        } else if (found instanceof Resolution.Script) {
            expectBody();
        } else if (adapter.expectation() == HttpAdapter.Expectation.NONE) {
            phase = RequestPhase.DISCARDING;
            adapter.bodyWanted();
        } else {
            passOn(found); // the client gets no permission, so it may or may not send its body
        }
    }

    private void expectBody() {
        HttpAdapter.Expectation expectation = adapter.expectation();
        if (expectation == HttpAdapter.Expectation.UNKNOWN) {
            refuse(417);
            return;
        }
        if (expectation == HttpAdapter.Expectation.CONTINUE) {
            adapter.sendContinue();
        }
        phase = RequestPhase.SPOOLING;
        if (adapter.announcedLength() != 0) {
            spool = gateway.newSpool(loop, allocator, new SpoolEvents());
        }
        adapter.bodyWanted();
    }

    // ---- the body -------------------------------------------------------------------------------------------------

    /** Whether {@link #content} may be called now. */
    public boolean takesBody() {
        return phase == RequestPhase.SPOOLING || phase == RequestPhase.DISCARDING;
    }

    /** Whether the client should send no more for now, because the disk is behind. More is taken nevertheless. */
    public boolean isCongested() {
        BodySpool filling = spool;
        return filling != null && filling.congested();
    }

    /**
     * Takes a piece of the body.
     *
     * @param content owned by the request; may be empty
     * @param last whether the body is complete; a request without a body has one empty piece
     */
    public void content(ByteBuf content, boolean last) {
        if (!takesBody()) {
            content.release();
            throw new IllegalStateException("a request that is " + phase + " takes no body");
        }
        received += content.readableBytes();
        if (received > gateway.settings().maxRequestLen()) {
            content.release();
            refuse(413);
            return;
        }
        BodySpool filling = spool;
        if (filling == null) {
            content.release();
        } else {
            filling.append(content);
        }
        if (last) {
            finishBody();
        }
    }

    private void finishBody() {
        BodySpool filled = spool;
        if (phase == RequestPhase.DISCARDING) {
            passOn(requireNonNull(resolution));
            return;
        }
        phase = RequestPhase.RESPONDING;
        spool = null;
        if (filled == null) {
            start(RequestBody.EMPTY);
        } else {
            filled.finish(this::start);
        }
    }

    /** What the spool of the body reports. */
    private final class SpoolEvents implements BodySpool.Owner {

        @Override
        public void relieved() {
            adapter.bodyWanted();
        }

        @Override
        public void failed(IOException why) {
            boolean full = why instanceof SpoolFullException;
            if (phase != RequestPhase.OVER) {
                refuse(full ? INSUFFICIENT_STORAGE : UNAVAILABLE);
            }
        }
    }

    // ---- the answer -----------------------------------------------------------------------------------------------

    private void start(RequestBody body) {
        if (phase == RequestPhase.OVER || !(resolution instanceof Resolution.Script script)) {
            body.close(); // the client disconnected while the body was written to the disk
            return;
        }
        ExchangeChain chain = new ExchangeChain(gateway, loop, allocator, adapter, adapter.cgiRequest(body.length()));
        exchanges = chain;
        chain.start(script, body);
    }

    private void passOn(Resolution found) {
        phase = RequestPhase.RESPONDING;
        adapter.passOn(adapter.method(), target, found);
    }

    private void refuse(int status) {
        end();
        adapter.refuse(status);
    }

    /** The client takes bytes again. */
    public void resume() {
        ExchangeChain running = exchanges;
        if (running != null) {
            running.resume();
        }
    }

    /** The client has disconnected: releases everything, and calls the adapter no more. Twice is harmless. */
    public void cancel() {
        end();
        ExchangeChain running = exchanges;
        exchanges = null;
        if (running != null) {
            running.cancel();
        }
    }

    private void end() {
        phase = RequestPhase.OVER;
        BodySpool filling = spool;
        spool = null;
        if (filling != null) {
            filling.close();
        }
    }
}
