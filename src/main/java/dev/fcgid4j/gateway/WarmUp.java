/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.pool.Lease;
import dev.fcgid4j.pool.Outcome;
import dev.fcgid4j.pool.WarmUpCheck;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tries a process of a new generation: with the request of FcgidWarmup, whose status must be below 400; without one, with
 * FCGI_GET_VALUES ({@link ReadinessProbe}).
 *
 * <p>Threading: any thread; the trial runs on one of the event loops that serve requests.
 */
final class WarmUp implements WarmUpCheck {

    private static final int FIRST_BAD_STATUS = 400;

    private final RequestResolver resolver;
    private final EventLoopContexts contexts;

    WarmUp(RequestResolver resolver, EventLoopContexts contexts) {
        this.resolver = resolver;
        this.contexts = contexts;
    }

    @Override
    public void warm(Lease lease, Consumer<Optional<String>> result) {
        Optional<EventLoopContext> context = contexts.any();
        Optional<String> path = lease.processClass().policy().warmup();
        if (context.isEmpty()) {
            lease.release(Outcome.UNUSED);
            result.accept(Optional.of("no event loop has served a request yet"));
            return;
        }
        EventLoop loop = context.get().loop();
        if (path.isEmpty()) {
            loop.execute(() -> new ReadinessProbe(lease, result).start(loop));
        } else {
            resolver.resolve(path.get(), loop, found -> {
                if (loop.inEventLoop()) {
                    ask(path.get(), found, lease, context.get(), result);
                } else {
                    loop.execute(() -> ask(path.get(), found, lease, context.get(), result));
                }
            });
        }
    }

    private static void ask(
            String path, Resolution found, Lease lease, EventLoopContext context, Consumer<Optional<String>> result) {
        if (!(found instanceof Resolution.Script script)
                || !script.processClass().equals(lease.processClass())) {
            lease.release(Outcome.UNUSED);
            result.accept(Optional.of("FcgidWarmup " + path + " doesn't lead to " + lease.processClass()));
            return;
        }
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        CgiRequest request = new CgiRequest(
                "GET", path, "HTTP/1.1", "http", List.of(Map.entry("Host", "localhost")), here, here, -1);
        Exchange.on(
                lease,
                context,
                context.request(request, script, RequestBody.EMPTY),
                new WarmUpSink("FcgidWarmup " + path, result));
    }

    /** Reports the status of a response, and drops the rest. */
    private static final class WarmUpSink implements ResponseSink {
        private final String what;
        private final Consumer<Optional<String>> result;
        private int status;

        WarmUpSink(String what, Consumer<Optional<String>> result) {
            this.what = what;
            this.result = result;
        }

        @Override
        public void head(CgiResponse response) {
            if (response instanceof CgiResponse.Document document) {
                status = document.status();
            } else {
                result.accept(Optional.empty());
            }
        }

        @Override
        public void body(ByteBuf content) {
            content.release();
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void end() {
            result.accept(status < FIRST_BAD_STATUS ? Optional.empty() : Optional.of(what + " was answered " + status));
        }

        @Override
        public void cut() {
            result.accept(Optional.of(what + " was not answered to the end"));
        }

        @Override
        public void fail(FailureResponse failure) {
            result.accept(Optional.of(what + ": " + failure.cause().getMessage()));
        }

        @Override
        public boolean writable() {
            return true;
        }
    }
}
