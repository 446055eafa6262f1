/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.pool.Lease;
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
 * Tries a process of a new generation: with the request of FcgidWarmup, whose answer must be below 400; without one, by
 * asking FCGI_GET_VALUES ({@link ReadinessProbe}).
 *
 * <p>Threading: any thread; the trial runs on one of the event loops that serve requests.
 */
final class WarmUp implements WarmUpCheck {

    private static final int FIRST_BAD_STATUS = 400;

    private final FastCgiGateway gateway;

    WarmUp(FastCgiGateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void warm(Lease lease, Consumer<Optional<String>> verdict) {
        Optional<EventLoop> loop = gateway.anyLoop();
        Optional<String> path = lease.processClass().policy().warmup();
        if (loop.isEmpty()) {
            lease.release(dev.fcgid4j.pool.Outcome.UNUSED);
            verdict.accept(Optional.of("no event loop has served a request yet"));
        } else if (path.isEmpty()) {
            loop.get().execute(() -> new ReadinessProbe(lease, verdict).start(loop.get()));
        } else {
            gateway.resolve(
                    path.get(),
                    loop.get(),
                    found -> onLoop(loop.get(), () -> ask(path.get(), found, lease, loop.get(), verdict)));
        }
    }

    private static void onLoop(EventLoop loop, Runnable step) {
        if (loop.inEventLoop()) {
            step.run();
        } else {
            loop.execute(step);
        }
    }

    private void ask(String path, Resolution found, Lease lease, EventLoop loop, Consumer<Optional<String>> verdict) {
        if (!(found instanceof Resolution.Script script)
                || !script.processClass().equals(lease.processClass())) {
            lease.release(dev.fcgid4j.pool.Outcome.UNUSED);
            verdict.accept(Optional.of("FcgidWarmup " + path + " doesn't lead to " + lease.processClass()));
            return;
        }
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        CgiRequest request = new CgiRequest(
                "GET", path, "HTTP/1.1", "http", List.of(Map.entry("Host", "localhost")), here, here, -1);
        gateway.startOn(lease, request, script, loop, new Judge("FcgidWarmup " + path, verdict));
    }

    /** Looks at the status of an answer and drops the rest. */
    private static final class Judge implements ResponseSink {
        private final String what;
        private final Consumer<Optional<String>> verdict;
        private int status;

        Judge(String what, Consumer<Optional<String>> verdict) {
            this.what = what;
            this.verdict = verdict;
        }

        @Override
        public void head(CgiResponse response) {
            if (response instanceof CgiResponse.Document document) {
                status = document.status();
            } else {
                verdict.accept(Optional.empty());
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
            verdict.accept(
                    status < FIRST_BAD_STATUS ? Optional.empty() : Optional.of(what + " was answered " + status));
        }

        @Override
        public void cut() {
            verdict.accept(Optional.of(what + " was not answered to the end"));
        }

        @Override
        public void fail(FailureResponse failure) {
            verdict.accept(Optional.of(what + ": " + failure.cause().getMessage()));
        }

        @Override
        public boolean writable() {
            return true;
        }
    }
}
