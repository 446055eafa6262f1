/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.gateway.Exchange;
import dev.fcgid4j.gateway.FastCgiGateway;
import dev.fcgid4j.gateway.RequestBody;
import dev.fcgid4j.mapping.Resolution;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on its way through applications: the exchange that runs, where its response goes, and the local redirects
 * that lead to the next exchange (RFC 3875 section 6.2.2).
 *
 * <p>Threading: belongs to the HTTP channel's event loop.
 */
final class ScriptRun implements NettySink.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(FastCgiHttpHandler.class);
    private static final int MAX_REDIRECTS = 10;

    /** Who takes the parts of the response. */
    interface Owner {

        /** A part of the response is to be written; takes ownership. */
        void write(Object part);

        /** A redirect has led to what no application answers. */
        void redirected(String target, Resolution found);

        /** A file is to be sent in place of what the application answered. */
        void sent(CgiResponse.SendFile file);
    }

    private final ChannelHandlerContext ctx;
    private final FastCgiGateway gateway;
    private final HttpRequest head;
    private final Owner owner;
    private CgiRequest cgi;
    private @Nullable Exchange exchange;
    private @Nullable NettySink sink;
    private int redirects;
    private boolean left;

    ScriptRun(ChannelHandlerContext ctx, FastCgiGateway gateway, HttpRequest head, CgiRequest cgi, Owner owner) {
        this.ctx = ctx;
        this.gateway = gateway;
        this.head = head;
        this.cgi = cgi;
        this.owner = owner;
    }

    /** Asks an application; owns the body. */
    void start(Resolution.Script script, RequestBody body) {
        NettySink next = new NettySink(ctx, head, this);
        sink = next;
        exchange = null;
        Exchange started = gateway.start(cgi, script, body, ctx.channel().eventLoop(), next);
        if (sink == next) {
            exchange = started;
        }
    }

    /** The client takes bytes again. */
    void resume() {
        Exchange running = exchange;
        if (running != null) {
            running.resume();
        }
    }

    /** The client is gone. */
    void cancel() {
        left = true;
        Exchange running = exchange;
        exchange = null;
        NettySink open = sink;
        sink = null;
        if (running != null) {
            running.cancel();
        }
        if (open != null) {
            open.discard();
        }
    }

    @Override
    public void write(Object part) {
        owner.write(part);
    }

    @Override
    public void sent(CgiResponse.SendFile file) {
        exchange = null;
        sink = null;
        owner.sent(file);
    }

    /** The path is answered as if the client had asked for it by GET. */
    @Override
    public void redirected(String target) {
        exchange = null;
        sink = null;
        if (++redirects > MAX_REDIRECTS) {
            LOG.warn("more than {} local redirects, the last one to {}", MAX_REDIRECTS, target);
            owner.write(ErrorPage.of(502));
            ctx.flush();
            return;
        }
        gateway.resolve(target, ctx.channel().eventLoop(), found -> {
            if (left) {
                return;
            }
            if (found instanceof Resolution.Script script) {
                cgi = cgi.redirectedTo(target);
                start(script, RequestBody.EMPTY);
            } else {
                owner.redirected(target, found);
            }
        });
    }
}
