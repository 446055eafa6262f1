/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.gateway.FailureResponse;
import dev.fcgid4j.gateway.HttpAdapter;
import dev.fcgid4j.mapping.Resolution;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An adapter without a web server: it states a request, and keeps what it is asked to do, as text: {@code continue}, {@code
 * refuse 413}, {@code pass on GET /x StaticFile}. What belongs to the response is kept by a {@link RecordingSink}. For one
 * thread.
 */
public final class RecordingAdapter implements HttpAdapter {

    private final String method;
    private final String target;
    private final long announcedLength;
    private final Expectation expectation;
    private final RecordingSink sink = new RecordingSink();
    private final List<String> calls = new ArrayList<>();
    private int bodyWanted;

    /** A request that waits for nothing. */
    public RecordingAdapter(String method, String target, long announcedLength) {
        this(method, target, announcedLength, Expectation.NONE);
    }

    public RecordingAdapter(String method, String target, long announcedLength, Expectation expectation) {
        this.method = method;
        this.target = target;
        this.announcedLength = announcedLength;
        this.expectation = expectation;
    }

    /** What it was asked to do, and then what its response consists of. */
    public List<String> calls() {
        List<String> all = new ArrayList<>(calls);
        all.addAll(sink.calls());
        return all;
    }

    /** Returns how often the body was asked for. */
    public int bodyWantedCalls() {
        return bodyWanted;
    }

    /** The response. */
    public RecordingSink sink() {
        return sink;
    }

    // ---- the request ----------------------------------------------------------------------------------------------

    @Override
    public String method() {
        return method;
    }

    @Override
    public String target() {
        return target;
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public List<String> hosts() {
        return List.of("a");
    }

    @Override
    public long announcedLength() {
        return announcedLength;
    }

    @Override
    public Expectation expectation() {
        return expectation;
    }

    @Override
    public CgiRequest cgiRequest(long bodyLength) {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        return new CgiRequest(
                method,
                target,
                "HTTP/1.1",
                "http",
                List.of(Map.entry("Host", "a")),
                here,
                here,
                announcedLength == 0 ? -1 : bodyLength);
    }

    @Override
    public void sendContinue() {
        calls.add("continue");
    }

    @Override
    public void bodyWanted() {
        bodyWanted++;
    }

    // ---- its answer -----------------------------------------------------------------------------------------------

    @Override
    public void refuse(int status) {
        calls.add("refuse " + status);
    }

    @Override
    public void passOn(String passedMethod, String passedTarget, Resolution resolution) {
        calls.add("pass on " + passedMethod + " " + passedTarget + " "
                + resolution.getClass().getSimpleName());
    }

    @Override
    public void head(CgiResponse response) {
        sink.head(response);
    }

    @Override
    public void body(ByteBuf content) {
        sink.body(content);
    }

    @Override
    public void flush() {
        sink.flush();
    }

    @Override
    public void end() {
        sink.end();
    }

    @Override
    public void cut() {
        sink.cut();
    }

    @Override
    public void fail(FailureResponse failure) {
        sink.fail(failure);
    }

    @Override
    public boolean writable() {
        return sink.writable();
    }
}
