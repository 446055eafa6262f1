/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

/**
 * What all attempts of one exchange share.
 *
 * @param context of the event loop that the exchange belongs to
 * @param sink where the response goes
 * @param retries counts and decides over all attempts
 * @param listener is called at the end of each attempt
 */
record ExchangeParts(
        EventLoopContext context,
        ExchangeRequest request,
        ResponseSink sink,
        RetryPolicy retries,
        AttemptListener listener) {}
