/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import dev.fcgid4j.codec.EndRequest;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes down what a connection reports, and releases what it is given. */
final class RecordedCalls implements WorkerConnection.OutputListener, WorkerConnection.Listener {

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean begun;

    List<String> list() {
        return List.copyOf(calls);
    }

    /** Whether the first record of the response was announced. */
    boolean hasResponseBegun() {
        return begun;
    }

    /** Waits for the last call of the request. */
    void awaitLast() throws InterruptedException {
        if (!over.await(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the request did not end; calls so far: " + calls);
        }
    }

    @Override
    public void stdout(ByteBuf content) {
        calls.add("stdout " + text(content));
    }

    @Override
    public void responseBegan() {
        if (begun || !calls.isEmpty()) {
            throw new AssertionError("the response began twice, or after " + calls);
        }
        begun = true;
    }

    @Override
    public void stderr(ByteBuf content) {
        calls.add("stderr " + text(content));
    }

    private static String text(ByteBuf content) {
        String text = content.toString(StandardCharsets.US_ASCII);
        content.release();
        return text;
    }

    @Override
    public void readComplete() {
        calls.add("readComplete");
    }

    @Override
    public void management() {
        calls.add("management");
    }

    @Override
    public void ended(EndRequest end) {
        calls.add("ended " + end.protocolStatus() + " " + end.appStatus());
        over.countDown();
    }

    @Override
    public void closed(@Nullable Throwable cause) {
        calls.add("closed " + cause);
        over.countDown();
    }

    @Override
    public void writabilityChanged() {
        calls.add("writabilityChanged");
    }
}
