/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.cgi.CgiResponseParser;
import dev.fcgid4j.failure.ScriptOutputException;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Turns FCGI_STDOUT into calls on the {@link ResponseSink}: header block first, then the body, held to the length that
 * the script promised.
 *
 * <p>Threading: belongs to the exchange's event loop.
 */
final class ResponseReader {

    private static final int FOUND = 302;

    private final CgiResponseParser parser;
    private final ResponseSink sink;
    private final boolean head;
    private final Consumer<String> watch;
    private final IntPredicate doubtful;
    private final SendFilePaths sendFile;
    private Optional<CgiResponse> substitute = Optional.empty();
    private boolean committed;
    private boolean withheld;
    private int status;
    private boolean bodyAllowed;
    private boolean streamEnded;
    private long promised = -1;
    private long given;
    private boolean unflushed;

    /**
     * Creates one for one response.
     *
     * @param watch told of each file that the script says it depends on
     * @param doubtful asked with the status of an answer whether it is to be withheld
     */
    ResponseReader(
            GatewaySettings settings, ResponseSink sink, String method, Consumer<String> watch, IntPredicate doubtful) {
        this.watch = watch;
        this.doubtful = doubtful;
        this.sendFile = settings.sendFile();
        this.parser = new CgiResponseParser(settings.maxResponseHeader(), settings.maxResponseFields());
        this.sink = sink;
        this.head = method.equals("HEAD");
    }

    /** Whether the client's side has got the head. */
    boolean committed() {
        return committed;
    }

    /** Whether the answer is worth nothing: the client's side gets none of it. */
    boolean withheld() {
        return withheld;
    }

    /** The HTTP status of the answer; 0 before there is one. */
    int status() {
        return status;
    }

    /** Whether the application ended its output in order. */
    boolean streamEnded() {
        return streamEnded;
    }

    /** Whether the client takes no more for now. */
    boolean heldBack() {
        return committed && !sink.writable();
    }

    /** Takes a piece of output; owns it. */
    void stdout(ByteBuf content) {
        if (!content.isReadable()) {
            content.release();
            streamEnded = true;
            return;
        }
        boolean passedOn = false;
        try {
            if (!committed && !withheld && substitute.isEmpty() && parser.parse(content)) {
                begin(parser.response());
            }
            if (committed && content.isReadable()) {
                passedOn = true;
                body(content);
            }
        } finally {
            if (!passedOn) {
                content.release();
            }
        }
    }

    /** The application pauses. */
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
     * @throws ScriptOutputException when there was no complete header block, or less of a body than was promised
     */
    Optional<CgiResponse> end() {
        if (substitute.isPresent()) {
            return substitute;
        }
        if (!committed) {
            throw parser.endedEarly();
        }
        if (bodyAllowed && promised >= 0 && given < promised) {
            throw new ScriptOutputException(
                    "the script promised " + promised + " bytes (Content-Length) and sent " + given);
        }
        return Optional.empty();
    }

    private void begin(CgiResponse response) {
        response.watch().forEach(watch); // also of an answer that is withheld, as it won't be said again
        status = response instanceof CgiResponse.Document document ? document.status() : FOUND;
        withheld = doubtful.test(status);
        if (withheld) {
            return;
        }
        if (response instanceof CgiResponse.LocalRedirect) {
            substitute = Optional.of(response);
        } else if (response instanceof CgiResponse.Document document) {
            substitute = sendFile.requestedBy(document).map(CgiResponse.class::cast);
            if (substitute.isPresent()) {
                return; // its own body means nothing
            }
            committed = true;
            unflushed = true;
            bodyAllowed = !head && document.status() != 204 && document.status() != 304;
            promised = document.contentLength().orElse(-1);
            sink.head(document);
        }
    }

    private void body(ByteBuf content) {
        int length = content.readableBytes();
        long room = promised < 0 ? Long.MAX_VALUE : promised - given;
        if (!bodyAllowed || room == 0) {
            content.release(); // a body to HEAD, or more than was promised: never on the client's connection
            return;
        }
        given += Math.min(length, room);
        unflushed = true;
        sink.body(length <= room ? content : content.writerIndex(content.readerIndex() + (int) room));
    }
}
