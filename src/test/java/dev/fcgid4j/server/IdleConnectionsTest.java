/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IdleConnectionsTest {

    private final IdleConnections idle = new IdleConnections();
    private final List<String> evicted = new ArrayList<>();

    private void add(String name, boolean quiet) {
        idle.add(new IdleConnections.Member() {
            @Override
            @Nullable
            InetAddress address() {
                return null;
            }

            @Override
            boolean isQuiet() {
                return quiet;
            }

            @Override
            void evict() {
                evicted.add(name);
            }
        });
    }

    @Test
    void oldestQuietConnectionGoesFirst() {
        add("sends", false);
        add("first", true);
        add("second", true);

        assertThat(idle.evictOldest()).isTrue();
        assertThat(idle.evictOldest()).isTrue();
        assertThat(idle.evictOldest()).isFalse();

        assertThat(evicted).containsExactly("first", "second");
    }

    @Test
    void manyConnectionsThatStillSendHideNoIdleOne() {
        for (int i = 0; i < 100; i++) {
            add("sends", false);
        }
        add("idle", true);

        assertThat(idle.evictOldest()).isFalse(); // a call looks at 64
        assertThat(idle.evictOldest()).isTrue();

        assertThat(evicted).containsExactly("idle");
    }
}
