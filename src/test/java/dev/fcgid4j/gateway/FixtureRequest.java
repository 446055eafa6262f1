/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.RecordingSink;

/** A request of {@link GatewayFixture}. */
record FixtureRequest(Exchange exchange, RecordingSink sink, FixtureBody body) {

    /** What holds at the end of each request. */
    void check() {
        sink.assertInOrder();
        assertThat(body.timesClosed()).as("times that the body was closed").isEqualTo(1);
    }
}
