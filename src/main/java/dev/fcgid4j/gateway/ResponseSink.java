/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiResponse;
import io.netty.buffer.ByteBuf;

/**
 * Where a response goes: the client's side of an exchange.
 *
 * <p>Order of calls: {@link #head} once, {@link #body} any number of times, then {@link #end} or {@link #cut}; or instead
 * of all that {@link #redirect}, {@link #file} or {@link #fail} alone. {@link #flush} may come at any time after {@code head}.
 *
 * <p>Threading: called on the event loop that the exchange was started on.
 */
public interface ResponseSink {

    /** Status and headers. */
    void head(CgiResponse.Document head);

    /** A piece of the body; owned by the sink. Never called for a response that has none (HEAD, 204, 304). */
    void body(ByteBuf content);

    /** The application pauses: what was given goes to the client now. */
    void flush();

    /** The response is complete. */
    void end();

    /** The application failed after the head was given: the client must be able to tell that the response is cut. */
    void cut();

    /** The application asks for another path of this server to be answered instead, by GET. */
    void redirect(String target);

    /** The application asks for a file to be sent in place of its own body (X-Sendfile, X-Accel-Redirect). */
    void file(SentFile file);

    /** There is no response; {@code failure} says why and what to tell the client. */
    void fail(FailureResponse failure);

    /** Whether more may be given without piling it up in memory. When it may again, {@link Exchange#resume} is called. */
    boolean writable();
}
