/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.cgi.CgiResponse;
import dev.fcgid4j.failure.FcgiException;

/**
 * Learns how an {@link Attempt} ended.
 *
 * <p>Contract: exactly one method is called, once, after the lease was released; none after {@link Attempt#abort}.
 *
 * <p>Threading: called on the exchange's event loop.
 */
interface AttemptListener {

    /** The sink has the whole response, except for its end. */
    void completed();

    /** A local redirect or a file answers in place of the application. The sink has nothing yet. */
    void substituted(CgiResponse response);

    /** The worker never accepted the connection. The application has not read the request. */
    void unread(FcgiException why);

    /**
     * The worker was lost before the first byte of its response. The application may have read the request.
     *
     * @param stopped whether the pool stopped the worker
     */
    void lost(FcgiException why, boolean stopped);

    /** The response may be due to a half-read file. The sink has none of it. */
    void withheld();

    /**
     * The request failed.
     *
     * @param committed whether the sink has the head of a response
     */
    void failed(FcgiException why, boolean committed);
}
