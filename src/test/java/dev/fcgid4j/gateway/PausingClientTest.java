/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.RecordingAdapter;
import dev.fcgid4j.testkit.ScriptedConnection;
import dev.fcgid4j.testkit.WriteBuffer;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that pauses at random gets its whole response, whatever the limits of the spool are. The seed decides the limits,
 * the length of the response, and the order in which the application, the disk and the client proceed.
 */
class PausingClientTest {

    private static final String TEXT = text();
    private static final int MAX_STEPS = 4000;
    private static final long[] SPOOL_LIMITS = {0, 1, 300_000, 1_500_000, 3_000_000, 1L << 40};
    private static final long[] DISK_LIMITS = {0, 500_000, 4_000_000, 1L << 40};

    private static String text() {
        byte[] letters = new byte[1 << 17];
        Random random = new Random(1);
        for (int i = 0; i < letters.length; i++) {
            letters[i] = (byte) ('a' + random.nextInt(26));
        }
        return new String(letters, StandardCharsets.ISO_8859_1);
    }

    /** One response on its way. */
    private static final class Simulation {
        private final Random random;
        private final GatewayFixture world;
        private final RecordingAdapter adapter = new RecordingAdapter("GET", "/app.fcgi", 0);
        private final ClientRequest request;
        private final WriteBuffer client;
        private final ScriptedConnection application;
        private final StringBuilder written = new StringBuilder();
        private final int length;
        private boolean ended;

        Simulation(Random random, GatewayFixture world) {
            this.random = random;
            this.world = world;
            this.length = 1_000_000 + random.nextInt(5_000_000);
            this.request = world.clientRequest(adapter);
            this.client = new WriteBuffer(request::resume);
            adapter.sink().through(client);
            request.begin();
            request.content(Unpooled.EMPTY_BUFFER, true);
            application = world.accept();
            application.expectRequest();
            application.stdout("Content-Type: text/plain\n\n");
        }

        void step() {
            switch (random.nextInt(5)) {
                case 0, 1 -> applicationWrites();
                case 2 -> client.clientTakes(random.nextInt(400_000));
                case 3 -> world.holdBlocking();
                default -> world.releaseBlocking();
            }
            if (random.nextInt(3) > 0) {
                world.run();
            }
        }

        private void applicationWrites() {
            boolean goesOn = application.tryFlush();
            for (int i = random.nextInt(20); goesOn && i >= 0 && written.length() < length; i--) {
                int start = random.nextInt(TEXT.length() / 2);
                String piece = TEXT.substring(start, start + 1 + random.nextInt(TEXT.length() / 2 - 1));
                written.append(piece);
                goesOn = application.offerStdout(piece);
            }
            if (goesOn && !ended && written.length() >= length) {
                ended = true;
                application.offerEnd();
            }
        }

        boolean isComplete() {
            return ended && client.sent() == written.length() && adapter.calls().size() == 3;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    void responseIsCompleteWhateverTheLimits(int seed) {
        Random random = new Random(seed);
        GatewaySettings limits = GatewaySettings.defaults()
                .withMaxResponseSpool(SPOOL_LIMITS[seed % SPOOL_LIMITS.length])
                .withMaxSpool(DISK_LIMITS[random.nextInt(DISK_LIMITS.length)]);
        try (GatewayFixture world = new GatewayFixture(new FixtureOptions().with(limits))) {
            Simulation simulation = new Simulation(random, world);

            for (int step = 0; step < MAX_STEPS && !simulation.isComplete(); step++) {
                simulation.step();
            }
            world.releaseBlocking();

            assertThat(simulation.client.sent()).as("bytes that the client got").isEqualTo(simulation.written.length());
            assertThat(simulation.adapter.sink().body().contentEquals(simulation.written))
                    .as("the same bytes")
                    .isTrue();
            assertThat(simulation.adapter.calls()).hasSize(3).endsWith("end");
        }
    }
}
