/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.limits.BlockingCall;
import dev.fcgid4j.limits.BlockingExecutor;
import dev.fcgid4j.mapping.HandlerResolver;
import dev.fcgid4j.mapping.Resolution;
import dev.fcgid4j.posix.ResourceShortage;
import dev.fcgid4j.watch.FileWatcher;
import io.netty.channel.EventLoop;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what answers a request, without blocking its event loop. A script that is missing is waited for, as long as it may
 * come back, with pauses that double from 1 ms to {@value #LONGEST_PAUSE_MILLIS} ms.
 *
 * <p>Threading: call on the event loop of the request. The disk is read by the blocking executor.
 */
final class RequestResolver {

    private static final Logger LOG = LoggerFactory.getLogger(RequestResolver.class);
    private static final int LONGEST_PAUSE_MILLIS = 64;

    private final FileWatcher watcher;
    private final HandlerResolver resolver;
    private final Executor blocking;

    RequestResolver(FileWatcher watcher, HandlerResolver resolver, Executor blocking) {
        this.watcher = watcher;
        this.resolver = resolver;
        this.blocking = blocking;
    }

    /**
     * Resolves a request target, and knows of every change that was completed before the call.
     *
     * @param target a byte string
     * @param done is called on the loop; before this returns if the answer is known without the disk
     */
    void resolve(String target, EventLoop loop, Consumer<Resolution> done) {
        resolve(target, loop, done, 1);
    }

    private void resolve(String target, EventLoop loop, Consumer<Resolution> done, int pauseMillis) {
        watcher.drain();
        Optional<Resolution> known = resolver.cached(target);
        if (known.isPresent()) {
            done.accept(known.get());
            return;
        }
        BlockingCall.start(blocking, loop, () -> resolver.resolve(target), new BlockingCall.Receiver<Resolution>() {
            @Override
            public void done(Resolution found) {
                if (found instanceof Resolution.Refused refused && refused.mayComeBack()) {
                    int next = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
                    loop.schedule(() -> resolve(target, loop, done, next), pauseMillis, TimeUnit.MILLISECONDS);
                } else {
                    done.accept(found);
                }
            }

            @Override
            public void failed(Throwable why) {
                done.accept(refusal(why));
            }
        });
    }

    private static Resolution refusal(Throwable why) {
        if (why instanceof RejectedExecutionException) {
            return new Resolution.Refused(503, "shutting down");
        }
        if (why instanceof TimeoutException) {
            return new Resolution.Refused(503, "the disk took more than " + BlockingExecutor.LIMIT.toSeconds() + " s");
        }
        if (ResourceShortage.isCause(why)) {
            return new Resolution.Refused(503, "no means to look at files: " + why);
        }
        LOG.error("resolving a request failed; it is answered 500", why);
        return new Resolution.Refused(500, why.toString());
    }
}
