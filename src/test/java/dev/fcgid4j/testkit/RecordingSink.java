/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.gateway.FailureResponse;
import dev.fcgid4j.gateway.ResponseSink;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps what it is given, as text: {@code head 200}, {@code body hello}, {@code end}, {@code cut}, {@code redirect /x},
 * {@code file /x}, {@code fail 502}. Pieces of the body that follow each other become one. A flush is counted only.
 *
 * <p>Calls that break the order of {@link ResponseSink} are noted and fail {@link #assertInOrder}. For one thread.
 */
public final class RecordingSink implements ResponseSink {

    private final List<String> calls = new ArrayList<>();
    private final List<String> outOfOrder = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();
    private Optional<CgiResponse> response = Optional.empty();
    private Optional<FailureResponse> failure = Optional.empty();
    private boolean begun;
    private boolean over;
    private boolean writable = true;
    private int flushes;
    private Runnable onFlush = () -> {};
    private Runnable onBody = () -> {};
    private Optional<WriteBuffer> buffer = Optional.empty();

    /** What was called until now. */
    public List<String> calls() {
        List<String> all = new ArrayList<>(calls);
        if (body.length() > 0) {
            all.add(1, "body " + body);
        }
        return all;
    }

    /** The body that has arrived until now. */
    public String body() {
        return body.toString();
    }

    /** The document whose head has arrived. */
    public CgiResponse.Document document() {
        return (CgiResponse.Document) response.orElseThrow();
    }

    /** The message of the failure that was reported. */
    public String failureMessage() {
        return failure.orElseThrow().cause().getMessage();
    }

    /** How often it was asked to pass on what it has got. */
    public int flushes() {
        return flushes;
    }

    /** Takes more, or no more for now. */
    public void writable(boolean now) {
        writable = now;
    }

    /** Registers what happens after each piece of the body. */
    public void onBody(Runnable hook) {
        onBody = hook;
    }

    /** Registers what happens within each flush. */
    public void onFlush(Runnable hook) {
        onFlush = hook;
    }

    /** Passes the body through a buffer, which decides whether the sink takes more. */
    public void through(WriteBuffer given) {
        buffer = Optional.of(given);
    }

    /** No call broke the order that the interface states. */
    public void assertInOrder() {
        assertThat(outOfOrder).as("calls out of order, after %s", calls).isEmpty();
    }

    @Override
    public void head(CgiResponse given) {
        check("head", !begun && !over);
        begun = true;
        response = Optional.of(given);
        if (given instanceof CgiResponse.Document document) {
            calls.add("head " + document.status());
        } else if (given instanceof CgiResponse.LocalRedirect redirect) {
            over = true;
            calls.add("redirect " + redirect.target());
        } else if (given instanceof CgiResponse.SendFile file) {
            over = true;
            calls.add("file " + file.file());
        }
    }

    @Override
    public void body(ByteBuf content) {
        check("body", begun && !over);
        int length = content.readableBytes();
        body.append(content.toString(StandardCharsets.ISO_8859_1));
        content.release();
        buffer.ifPresent(each -> each.add(length));
        onBody.run();
    }

    @Override
    public void flush() {
        check("flush", begun && !over);
        flushes++;
        onFlush.run();
        buffer.ifPresent(WriteBuffer::flush);
    }

    @Override
    public void end() {
        finish("end", begun);
    }

    @Override
    public void cut() {
        finish("cut", begun);
    }

    @Override
    public void fail(FailureResponse why) {
        failure = Optional.of(why);
        finish("fail " + why.status(), !begun);
    }

    private void finish(String call, boolean inOrder) {
        check(call, inOrder && !over);
        over = true;
        calls.add(call);
        buffer.ifPresent(WriteBuffer::flush);
    }

    private void check(String call, boolean inOrder) {
        if (!inOrder) {
            outOfOrder.add(call);
        }
    }

    @Override
    public boolean writable() {
        return buffer.map(WriteBuffer::isWritable).orElse(writable);
    }
}
