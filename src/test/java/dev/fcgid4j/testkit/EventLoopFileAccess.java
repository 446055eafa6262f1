/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.posix.FileAccess;
import io.netty.channel.EventLoop;
import io.netty.util.internal.ThreadExecutorMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Finds code that reads files on an event loop, wherever it asserts {@link FileAccess#isPermitted}. {@link SteppedLoop} and
 * {@link TestSite} use it, so that every test with an event loop fails then. For all threads of the JVM.
 */
public final class EventLoopFileAccess {

    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    private EventLoopFileAccess() {}

    /** Begins to look; forgets what was found before. */
    public static void watch() {
        FOUND.clear();
        FileAccess.check(EventLoopFileAccess::check);
    }

    /** Notes the place, and goes on, so that the test shows its own failure too. */
    private static boolean check() {
        if (ThreadExecutorMap.currentExecutor() instanceof EventLoop) {
            StringBuilder place = new StringBuilder(Thread.currentThread().getName());
            for (StackTraceElement each : new Throwable().getStackTrace()) {
                if (each.getClassName().startsWith("dev.fcgid4j.")) {
                    place.append("\n  ").append(each);
                }
            }
            FOUND.add(place.toString());
        }
        return true;
    }

    /** No file was read on an event loop. */
    public static void assertNone() {
        assertThat(FOUND).as("places that read files on an event loop").isEmpty();
    }
}
