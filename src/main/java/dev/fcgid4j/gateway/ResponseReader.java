/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.cgi.CgiResponseParser;
import dev.fcgid4j.failure.FcgiException;
import dev.fcgid4j.failure.ScriptOutputException;
import dev.fcgid4j.worker.WorkerConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns FCGI_STDOUT into calls of a {@link ResponseSink}: first the header block, then the body, never longer than the
 * script's Content-Length.
 *
 * <p>The sink receives nothing of a response that the listener withholds ({@link #isWithheld}), and nothing of a local
 * redirect or a file to be sent ({@link #end}).
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class ResponseReader implements WorkerConnection.OutputListener {

    private static final int FOUND = 302;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    /** Runs the request that this is the response to. */
    interface Listener {

        /** The script says that its response depends on a file ({@code X-Fcgid-Watch}). */
        void dependsOn(String file);

        /**
         * The status of the response is known, and the sink has got nothing. The listener calls {@link #decide}, within this
         * method or later. Until then the reader takes no more output.
         */
        void begins(int status);

        /** The script's output is no CGI response. Nothing that follows is passed on. */
        void malformed(FcgiException why);
    }

    private final CgiResponseParser parser;
    private final SendFilePaths sendFile;
    private final boolean isHead;
    private final ResponseSink sink;
    private final Listener listener;
    private Optional<CgiResponse> substitute = Optional.empty();
    private @Nullable CgiResponse undecided;
    private ByteBuf rest = Unpooled.EMPTY_BUFFER; // of the piece that the head of an undecided response has ended in
    private boolean committed;
    private boolean withheld;
    private int status;
    private boolean bodyAllowed;
    private boolean streamEnded;
    private long promised = -1;
    private long passedOn;
    private boolean unflushed;

    ResponseReader(GatewaySettings settings, String method, ResponseSink sink, Listener listener) {
        this.parser = new CgiResponseParser(settings.maxResponseHeader(), settings.maxResponseFields());
        this.sendFile = settings.sendFile();
        this.isHead = method.equals("HEAD");
        this.sink = sink;
        this.listener = listener;
    }

    /** Returns whether the sink has the head of the response. */
    boolean isCommitted() {
        return committed;
    }

    /** Returns whether the listener withholds the response. */
    boolean isWithheld() {
        return withheld;
    }

    /** Returns the HTTP status of the response; 0 before the header block is complete. */
    int status() {
        return status;
    }

    /** Returns whether the application ended FCGI_STDOUT. */
    boolean isStreamEnded() {
        return streamEnded;
    }

    /** Returns whether the sink takes no more for now. */
    boolean isHeldBack() {
        return committed && !sink.writable();
    }

    @Override
    public void stdout(ByteBuf content) {
        if (committed && content.isReadable()) {
            body(content);
            return;
        }
        try {
            if (!content.isReadable()) {
                streamEnded = true;
            } else if (!withheld && substitute.isEmpty() && parser.parse(content)) {
                begin(parser.response());
            }
            if (content.isReadable() && committed) {
                body(content.retain());
            } else if (content.isReadable() && undecided != null) {
                rest = content.retain();
            }
        } catch (FcgiException e) {
            listener.malformed(e);
        } finally {
            content.release();
        }
    }

    private void begin(CgiResponse response) {
        response.watch().forEach(listener::dependsOn); // also for a response that is withheld: it is said only once
        status = response instanceof CgiResponse.Document document ? document.status() : FOUND;
        undecided = response;
        listener.begins(status);
    }

    /** Withholds the response that has begun, or passes it on. */
    void decide(boolean withhold) {
        CgiResponse response = requireNonNull(undecided, "a response must have begun");
        undecided = null;
        withheld = withhold;
        ByteBuf first = takeRest();
        try {
            if (!withhold) {
                passOn(response);
            }
            if (first.isReadable() && committed) {
                body(first.retain());
            }
        } catch (FcgiException e) {
            listener.malformed(e);
        } finally {
            first.release();
        }
    }

    /** The response that has begun is not wanted any more: {@link #decide} is not called. */
    void discard() {
        takeRest().release();
    }

    private ByteBuf takeRest() {
        ByteBuf taken = rest;
        rest = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    private void passOn(CgiResponse response) {
        substitute = response instanceof CgiResponse.Document document
                ? sendFile.requestedBy(document).map(CgiResponse.class::cast)
                : Optional.of(response);
        if (substitute.isEmpty() && response instanceof CgiResponse.Document document) {
            committed = true;
            unflushed = true;
            bodyAllowed = !isHead && status != NO_CONTENT && status != NOT_MODIFIED;
            promised = document.contentLength().orElse(-1);
            sink.head(document);
        }
    }

    private void body(ByteBuf content) {
        int length = content.readableBytes();
        long room = promised < 0 ? Long.MAX_VALUE : promised - passedOn;
        if (!bodyAllowed || room == 0) {
            content.release(); // the client would take it for the next response
            return;
        }
        passedOn += Math.min(length, room);
        unflushed = true;
        sink.body(length <= room ? content : content.writerIndex(content.readerIndex() + (int) room));
    }

    /** The application pauses: the sink is to send what it has. */
    void flush() {
        if (unflushed) {
            unflushed = false;
            sink.flush();
        }
    }

    /**
     * The application has ended the request.
     *
     * @return the local redirect or the file that answers in place of the application
     * @throws ScriptOutputException if the header block is incomplete, or the body shorter than its Content-Length
     */
    Optional<CgiResponse> end() {
        if (!committed && substitute.isEmpty()) {
            throw parser.endedEarly();
        }
        if (bodyAllowed && promised >= 0 && passedOn < promised) {
            throw new ScriptOutputException(
                    "the script promised " + promised + " bytes (Content-Length) and sent " + passedOn);
        }
        return substitute;
    }
}
