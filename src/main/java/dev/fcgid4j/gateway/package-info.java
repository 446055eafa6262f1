/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One client request, from its target to the end of its response; every failure becomes an HTTP status.
 *
 * <h2>The way of a request</h2>
 *
 * <pre>{@code
 * ClientRequest -> RequestResolver          which application answers
 *               -> BodySpool                the body, in memory or in a SpoolFile
 *               -> ExchangeChain            one exchange, and one more for each local redirect;
 *                    ResponseSpool          what a slow client does not take yet, in memory or in a SpoolFile
 *                    -> Exchange            waits for a worker, repeats as RetryPolicy permits
 *                      -> Attempt           one try on one worker
 *                         LeasedConnection  opens the connection; in the end releases the lease
 *                         RequestWriter     BEGIN_REQUEST, PARAMS, STDIN
 *                         ResponseReader    STDOUT -> ResponseSink
 *                         AttemptEnd        releases, then reports to the Exchange
 * }</pre>
 *
 * <p>Depends on: {@code application}, {@code cgi}, {@code codec}, {@code failure}, {@code freshness}, {@code limits},
 * {@code mapping}, {@code observe}, {@code pool}, {@code posix}, {@code process}, {@code watch}, {@code worker}. It
 * never touches a worker after its lease was released. It uses Netty's buffers and event loops, but none of its HTTP
 * messages.
 *
 * <p>Threading: all of one request belongs to one event loop.
 *
 * <p>Public for embedders who write an adapter. Start at {@link dev.fcgid4j.gateway.ClientRequest}.
 */
@NullMarked
package dev.fcgid4j.gateway;

import org.jspecify.annotations.NullMarked;
