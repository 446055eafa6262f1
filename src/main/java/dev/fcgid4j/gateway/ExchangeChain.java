/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.failure.FailureKind;
import dev.fcgid4j.failure.ScriptOutputException;
import dev.fcgid4j.mapping.Resolution;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The exchanges of one client request: the first, and one more for each local redirect. Everything else that an exchange
 * reports goes on to the adapter; failures are logged here.
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
    private final HttpAdapter adapter;
    private CgiRequest request;
    private @Nullable Exchange exchange;
    private int redirects;
    private boolean cancelled;

    ExchangeChain(FastCgiGateway gateway, EventLoop loop, HttpAdapter adapter, CgiRequest request) {
        this.gateway = gateway;
        this.loop = loop;
        this.adapter = adapter;
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
        Exchange running = exchange;
        if (running != null) {
            running.resume();
        }
    }

    /** The client has disconnected: nothing more is reported. */
    void cancel() {
        cancelled = true;
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
        adapter.body(content);
    }

    @Override
    public void flush() {
        adapter.flush();
    }

    @Override
    public void end() {
        adapter.end();
    }

    @Override
    public void cut() {
        adapter.cut();
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
        return adapter.writable();
    }
}
