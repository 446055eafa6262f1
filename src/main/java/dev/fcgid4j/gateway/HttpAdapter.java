/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiRequest;
import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.mapping.Resolution;
import java.util.List;

/**
 * The web server's side of one {@link ClientRequest}: the head of the request, and the way back to the client. An adapter
 * for a web server implements it; one object serves one request.
 *
 * <h2>Answers</h2>
 *
 * Each request gets exactly one answer, unless the client disconnects first: {@link #refuse}, {@link #passOn}, {@link #fail},
 * or a response that begins with {@link #head}. {@code head} gets a {@link CgiResponse.Document} or a {@link
 * CgiResponse.SendFile}; a {@link CgiResponse.LocalRedirect} never reaches an adapter. A file is sent as if the client had
 * asked for it by GET, or by HEAD if that was its method.
 *
 * <h2>Limits</h2>
 *
 * The adapter decides whether the connection stays open. A request whose body is not read to its end must end it.
 *
 * <p>Threading: every method is called on the event loop of the request, and must not block it.
 */
public interface HttpAdapter extends ResponseSink {

    /** What the client waits for before it sends the body. Source: RFC 9110 section 10.1.1. */
    enum Expectation {
        /** Nothing. Also of a client of HTTP/1.0, and where the web server itself answers the expectation. */
        NONE,
        /** 100 Continue. */
        CONTINUE,
        /** Something that no standard names. */
        UNKNOWN
    }

    // ---- the request ----------------------------------------------------------------------------------------------

    /** The method, such as {@code GET}. */
    String method();

    /** The request target exactly as on the request line, a byte string. */
    String target();

    /** The version of the protocol, such as {@code HTTP/1.1}. */
    String protocol();

    /** The values of all Host fields, as the client sent them; empty if there is none. */
    List<String> hosts();

    /** The announced length of the body in bytes; 0 for a request without a body; -1 if only its end tells (chunked). */
    long announcedLength();

    /** What the client waits for. */
    Expectation expectation();

    /**
     * The request as CGI sees it. Called at most once, and only for an application.
     *
     * @param bodyLength bytes of the complete body
     */
    CgiRequest cgiRequest(long bodyLength);

    // ---- its body -------------------------------------------------------------------------------------------------

    /** Sends 100 Continue: the client may send its body. */
    void sendContinue();

    /**
     * {@link ClientRequest#takesBody} has become true, or {@link ClientRequest#isCongested} false. May be called before
     * {@link ClientRequest#begin()} returns, and may be called without a change.
     */
    void bodyWanted();

    // ---- its answer -----------------------------------------------------------------------------------------------

    /**
     * Answers with an error page and ends the connection, because the rest of the request is not read.
     *
     * @param status 400, 413, 417, 500, 501, 503 or 507
     */
    void refuse(int status);

    /**
     * No application answers this request: the web server does. The body was read and dropped, unless the client waits for
     * permission to send it.
     *
     * @param method the method to answer; after a local redirect GET, or HEAD if that was the client's
     * @param target the target to answer, in origin form or {@code *}; after a local redirect the one that it named
     * @param resolution what the target leads to
     */
    void passOn(String method, String target, Resolution resolution);
}
