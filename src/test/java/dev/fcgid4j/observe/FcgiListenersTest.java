/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.fcgid4j.testkit.LogCapture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FcgiListenersTest {

    private static final FcgiEvent EVENT = new FcgiEvent.WorkerStarted("/a", 42, 3);

    private final List<String> calls = new ArrayList<>();

    @Test
    void eachListenerReceivesTheEventInOrder() {
        new FcgiListeners(List.of(e -> calls.add("first " + e.processClass()), e -> calls.add("second")))
                .onEvent(EVENT);

        assertThat(calls).containsExactly("first /a", "second");
    }

    @Test
    void listenerThatThrowsIsLoggedAndKeepsNoneFromTheEvent() {
        FcgiListener broken = event -> {
            throw new IllegalStateException("broken");
        };
        try (LogCapture log = LogCapture.of(FcgiListeners.class.getName())) {

            new FcgiListeners(List.of(broken, e -> calls.add("second"))).onEvent(EVENT);

            assertThat(log.lines(Level.ERROR)).singleElement().asString().contains("failed on", "WorkerStarted");
        }
        assertThat(calls).containsExactly("second");
    }
}
