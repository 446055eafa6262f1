/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiResponse;
import io.netty.buffer.ByteBuf;

/**
 * Receives the response of one exchange: the client's side.
 *
 * <p>Order of calls: for a document, {@link #head} once, {@link #body} any number of times, then {@link #end} or {@link
 * #cut}. For a local redirect or a file, {@code head} is the only call. When there is no response, {@link #fail} is the only
 * call. {@link #flush} may come at any time between {@code head} and the end.
 *
 * <p>Threading: called on the event loop that the exchange was started on.
 */
public interface ResponseSink {

    /**
     * The kind of response: status and headers of a document, whose body follows; or what answers in place of the
     * application, which has ended its request by then.
     */
    void head(CgiResponse response);

    /** A piece of the body; owned by the sink. Never called for a response without a body (HEAD, 204, 304). */
    void body(ByteBuf content);

    /** The application pauses: the sink sends everything it was given. */
    void flush();

    /** The response is complete. */
    void end();

    /** The application failed after the head was given: the client must be able to tell that the response is cut. */
    void cut();

    /** There is no response; {@code failure} has the status for the client and the cause for the log. */
    void fail(FailureResponse failure);

    /** Returns false while more content would pile up in memory. When it becomes true, call {@link ClientRequest#resume}. */
    boolean writable();
}
