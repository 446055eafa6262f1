/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.codec.BeginRequest;
import dev.fcgid4j.codec.EndRequest;
import dev.fcgid4j.codec.FcgiRecord;
import dev.fcgid4j.codec.FcgiRecordDecoder;
import dev.fcgid4j.codec.FcgiRecordEncoder;
import dev.fcgid4j.codec.NameValuePairs;
import dev.fcgid4j.codec.Params;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.codec.RecordType;
import dev.fcgid4j.codec.RecordWriter;
import dev.fcgid4j.codec.Stdin;
import dev.fcgid4j.codec.StreamRecord;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.function.Predicate;

/**
 * The application's end of a connection, played by a test: it expects records, answers, stalls and closes.
 *
 * <p>Text is ISO-8859-1. Nothing blocks: a method that expects something lets the server run until it has happened, and
 * fails if the server has nothing more to do. For the test's thread.
 */
public final class ScriptedConnection implements AutoCloseable {

    private static final int REQUEST_ID = 1;

    private final SocketChannel socket;
    private final Runnable server;
    private final EmbeddedChannel decoder = new EmbeddedChannel(new FcgiRecordDecoder());
    private final Queue<FcgiRecord> received = new ArrayDeque<>();
    private final ByteBuf unsent = Unpooled.buffer();
    private boolean ended;

    /** A request as the application sees it. */
    public record Request(BeginRequest begin, Map<String, String> params, String body) {}

    ScriptedConnection(SocketChannel socket, Runnable server) throws IOException {
        this.socket = socket;
        this.server = server;
        socket.configureBlocking(false);
    }

    // ---- expect ---------------------------------------------------------------------------------------------------

    /** Reads a whole request: FCGI_BEGIN_REQUEST, all of FCGI_PARAMS, all of FCGI_STDIN. */
    public Request expectRequest() {
        Request head = expectHead();
        return new Request(head.begin(), head.params(), expectStdin());
    }

    /** Reads a request as far as FCGI_STDIN. */
    public Request expectHead() {
        BeginRequest begin = expect(BeginRequest.class);
        ByteBuf pairs = stream(Params.class);
        try {
            return new Request(begin, NameValuePairs.read(pairs), "");
        } finally {
            pairs.release();
        }
    }

    /** Reads a whole FCGI_STDIN stream. */
    public String expectStdin() {
        ByteBuf body = stream(Stdin.class);
        try {
            return body.toString(StandardCharsets.ISO_8859_1);
        } finally {
            body.release();
        }
    }

    private ByteBuf stream(Class<? extends StreamRecord> type) {
        ByteBuf all = Unpooled.buffer();
        boolean ended = false;
        while (!ended) {
            StreamRecord record = expect(type);
            ended = record.endOfStream();
            all.writeBytes(record.content());
            record.release();
        }
        return all;
    }

    /** Reads the next record, which is of this type. The caller releases it. */
    public <T extends FcgiRecord> T expect(Class<T> type) {
        runUntil(connection -> !received.isEmpty());
        FcgiRecord next = received.poll();
        assertThat(next).as("the next record").isInstanceOf(type);
        return type.cast(next);
    }

    /** The server has nothing to say, and keeps the connection open. */
    public void expectNothing() {
        runUntil(connection -> false);
        assertThat(received).as("records from the server").isEmpty();
        assertThat(ended).as("the server has closed the connection").isFalse();
    }

    /** The server closes the connection. Records that arrive before are dropped. */
    public void expectClosed() {
        runUntil(connection -> ended);
        assertThat(ended).as("the server has closed the connection").isTrue();
    }

    private void runUntil(Predicate<ScriptedConnection> reached) {
        boolean progress = true;
        while (progress && !reached.test(this)) {
            server.run();
            progress = readAvailable();
        }
    }

    private boolean readAvailable() {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        boolean any = false;
        try {
            int count = socket.read(buffer);
            for (; count > 0; count = socket.read(buffer)) {
                decoder.writeInbound(Unpooled.copiedBuffer(buffer.flip()));
                buffer.clear();
                any = true;
            }
            ended = count < 0;
        } catch (IOException e) {
            ended = true; // the server closed it while it had something unread
        }
        for (FcgiRecord record = decoder.readInbound(); record != null; record = decoder.readInbound()) {
            received.add(record);
        }
        return any;
    }

    // ---- answer ---------------------------------------------------------------------------------------------------

    /** Sends a complete response: its output, the end of FCGI_STDOUT, FCGI_END_REQUEST. */
    public void respond(String output) {
        stdout(output);
        end();
    }

    /** Sends a piece of FCGI_STDOUT. */
    public ScriptedConnection stdout(String content) {
        return stream(RecordType.STDOUT, content);
    }

    /** Sends a piece of FCGI_STDERR. */
    public ScriptedConnection stderr(String content) {
        return stream(RecordType.STDERR, content);
    }

    private ScriptedConnection stream(RecordType type, String content) {
        ByteBuf out = Unpooled.buffer();
        RecordWriter.writeStream(out, type, REQUEST_ID, Unpooled.copiedBuffer(content, StandardCharsets.ISO_8859_1));
        return send(out);
    }

    /** Ends FCGI_STDOUT. */
    public ScriptedConnection endStdout() {
        ByteBuf out = Unpooled.buffer();
        RecordWriter.writeEndOfStream(out, RecordType.STDOUT, REQUEST_ID);
        return send(out);
    }

    /** Ends FCGI_STDOUT and the request, which is complete. */
    public void end() {
        endStdout();
        end(ProtocolStatus.REQUEST_COMPLETE);
    }

    /** Ends the request with this status. */
    public void end(ProtocolStatus status) {
        send(new EndRequest(REQUEST_ID, 0, status));
    }

    /** Sends a record. */
    public ScriptedConnection send(FcgiRecord record) {
        ByteBuf out = Unpooled.buffer();
        FcgiRecordEncoder.write(out, record);
        return send(out);
    }

    /** Sends these bytes, whatever they mean. */
    public ScriptedConnection send(int... bytes) {
        ByteBuf out = Unpooled.buffer();
        for (int each : bytes) {
            out.writeByte(each);
        }
        return send(out);
    }

    private ScriptedConnection send(ByteBuf bytes) {
        unsent.writeBytes(bytes);
        flush();
        return this;
    }

    /** Sends a piece of FCGI_STDOUT as far as the server reads it; returns false if a part is left for {@link #flush}. */
    public boolean offerStdout(String content) {
        RecordWriter.writeStream(
                unsent, RecordType.STDOUT, REQUEST_ID, Unpooled.copiedBuffer(content, StandardCharsets.ISO_8859_1));
        return tryFlush();
    }

    /** Ends FCGI_STDOUT and the request as far as the server reads it; a part may be left for {@link #tryFlush}. */
    public boolean offerEnd() {
        RecordWriter.writeEndOfStream(unsent, RecordType.STDOUT, REQUEST_ID);
        FcgiRecordEncoder.write(unsent, new EndRequest(REQUEST_ID, 0, ProtocolStatus.REQUEST_COMPLETE));
        return tryFlush();
    }

    /** Sends what is left. */
    public void flush() {
        assertThat(tryFlush())
                .as("the server reads on, with %s bytes to come", unsent.readableBytes())
                .isTrue();
    }

    /** Sends what is left as far as the server reads it; returns false if a part remains. */
    public boolean tryFlush() {
        boolean progress = true;
        while (unsent.isReadable() && progress) {
            progress = write() > 0;
            if (!progress) {
                server.run();
                progress = write() > 0;
            }
        }
        unsent.discardReadBytes();
        return !unsent.isReadable();
    }

    private int write() {
        try {
            return unsent.readBytes(socket, unsent.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the connection. */
    @Override
    public void close() {
        received.forEach(ReferenceCountUtil::release);
        received.clear();
        decoder.finishAndReleaseAll();
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
