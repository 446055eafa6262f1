/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.failure.FailureKind;
import dev.fcgid4j.failure.ScriptOutputException;
import dev.fcgid4j.mapping.Resolution;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The exchanges of one client request: the first, and one more for each local redirect. Everything else that an exchange
 * reports goes on to the adapter; failures are logged here.
 *
 * <h2>Slow clients</h2>
 *
 * When the adapter is not writable after a flush, what follows of the body goes to a {@link ResponseSpool}, until the client
 * has taken all of it. So the worker is free when it has written its last byte. A client that reads at once gets each piece
 * directly.
 *
 * <p>A spool begins only when the adapter holds no unflushed piece. An adapter that is not writable because of unflushed
 * pieces never becomes writable again, and the spool is drained only when it does.
 *
 * <p>Threading: belongs to the request's event loop.
 *
 * <p>Source: RFC 3875 section 6.2.2.
 */
final class ExchangeChain implements ResponseSink {

    private static final Logger LOG = LoggerFactory.getLogger(ClientRequest.class);
    private static final int MAX_REDIRECTS = 10;

    private final FastCgiGateway gateway;
    private final EventLoop loop;
    private final ByteBufAllocator allocator;
    private final HttpAdapter adapter;
    private final boolean maySpool;
    private CgiRequest request;
    private @Nullable Exchange exchange;
    private int redirects;
    private boolean cancelled;
    private boolean full; // the adapter was not writable after the last flush, and has got nothing since
    private @Nullable ResponseSpool spool;
    private Ending ending = Ending.NONE;

    /** How the response ends when the client has got what is spooled. */
    private enum Ending {
        NONE,
        COMPLETE,
        CUT
    }

    ExchangeChain(
            FastCgiGateway gateway,
            EventLoop loop,
            ByteBufAllocator allocator,
            HttpAdapter adapter,
            CgiRequest request) {
        this.gateway = gateway;
        this.loop = loop;
        this.allocator = allocator;
        this.adapter = adapter;
        this.maySpool = gateway.settings().maxResponseSpool() > 0;
        this.request = request;
    }

    /** Asks the first application; owns the body. */
    void start(Resolution.Script script, RequestBody body) {
        int link = redirects;
        Exchange started = gateway.start(request, script, body, loop, this);
        if (link == redirects) {
            exchange = started; // otherwise a later one is running already
        }
    }

    /** The client takes bytes again. */
    void resume() {
        ResponseSpool kept = spool;
        if (kept == null) {
            resumeExchange();
        } else {
            kept.drain();
        }
    }

    private void resumeExchange() {
        Exchange running = exchange;
        if (running != null) {
            running.resume();
        }
    }

    /** The client has disconnected: nothing more is reported. */
    void cancel() {
        cancelled = true;
        ResponseSpool kept = spool;
        spool = null;
        if (kept != null) {
            kept.close();
        }
        cancelExchange();
    }

    private void cancelExchange() {
        Exchange running = exchange;
        exchange = null;
        if (running != null) {
            running.cancel();
        }
    }

    private void follow(String target) {
        exchange = null;
        if (++redirects > MAX_REDIRECTS) {
            fail(FailureResponse.of(new ScriptOutputException(
                    "more than " + MAX_REDIRECTS + " local redirects, the last one to " + target)));
            return;
        }
        gateway.resolve(target, loop, found -> redirected(target, found));
    }

    /** The target is answered as if the client had asked for it by GET. */
    private void redirected(String target, Resolution found) {
        if (cancelled) {
            return;
        }
        request = request.redirectedTo(target);
        if (found instanceof Resolution.Script script) {
            start(script, RequestBody.EMPTY);
        } else {
            adapter.passOn(request.method(), target, found);
        }
    }

    // ---- what an exchange reports ---------------------------------------------------------------------------------

    @Override
    public void head(CgiResponse response) {
        if (response instanceof CgiResponse.LocalRedirect redirect) {
            follow(redirect.target());
        } else {
            adapter.head(response);
        }
    }

    @Override
    public void body(ByteBuf content) {
        ResponseSpool kept = spool;
        if (kept == null && full && maySpool && !adapter.writable()) {
            kept = gateway.newResponseSpool(loop, allocator, new SpoolEvents());
            spool = kept;
        }
        if (kept == null) {
            full = false; // the piece is unflushed
            adapter.body(content);
        } else {
            kept.append(content);
        }
    }

    @Override
    public void flush() {
        if (spool == null) {
            adapter.flush();
            full = !adapter.writable();
        }
    }

    @Override
    public void end() {
        if (spool == null) {
            adapter.end();
        } else {
            ending = Ending.COMPLETE;
        }
    }

    /** The client gets what the application has sent before it failed. */
    @Override
    public void cut() {
        if (spool == null) {
            adapter.cut();
        } else {
            ending = Ending.CUT;
        }
    }

    @Override
    public void fail(FailureResponse failure) {
        // The pool has logged each failed start once. The requests that it refuses meanwhile add nothing.
        boolean logged = failure.cause().kind() == FailureKind.WORKER_START;
        LOG.atLevel(logged ? Level.DEBUG : Level.WARN)
                .log(
                        "{} {} is answered {}: {}",
                        adapter.method(),
                        path(),
                        failure.status(),
                        failure.cause().getMessage());
        adapter.fail(failure);
    }

    private String path() {
        String target = adapter.target();
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query); // a query may hold secrets
    }

    @Override
    public boolean writable() {
        ResponseSpool kept = spool;
        return kept == null ? maySpool || adapter.writable() : kept.accepts();
    }

    /** What the spool of the response reports. */
    private final class SpoolEvents implements ResponseSpool.Owner {

        @Override
        public boolean writable() {
            return adapter.writable();
        }

        @Override
        public void next(ByteBuf content) {
            adapter.body(content);
        }

        @Override
        public void flush() {
            adapter.flush();
        }

        @Override
        public void relieved() {
            resumeExchange();
        }

        @Override
        public void emptied() {
            spool = null;
            switch (ending) {
                case NONE -> {
                    full = !adapter.writable();
                    resumeExchange();
                }
                case COMPLETE -> adapter.end();
                case CUT -> adapter.cut();
            }
        }

        @Override
        public void lost(IOException why) {
            LOG.warn(
                    "{} {}: response cut, because its temporary file can't be read: {}",
                    adapter.method(),
                    path(),
                    why.toString());
            spool = null;
            cancelExchange();
            adapter.cut();
        }
    }
}
