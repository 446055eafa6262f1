/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A spool that keeps 1,000 bytes in any case; what blocks runs when the test says so. */
class BodySpoolTest {

    private static final int IN_MEMORY = 1000;

    private final SpoolMemory shared = new SpoolMemory();
    private final ArrayDeque<Runnable> blocking = new ArrayDeque<>();
    private final List<RequestBody> bodies = new ArrayList<>();
    private int relieved;

    private BodySpool spool() {
        return new BodySpool(
                new BodySpool.Means(
                        IN_MEMORY, shared, ByteBufAllocator.DEFAULT, ImmediateEventExecutor.INSTANCE, blocking::add),
                () -> relieved++);
    }

    private void runBlocking() {
        while (!blocking.isEmpty()) {
            blocking.remove().run();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static void append(BodySpool spool, byte[] bytes, int pieces) {
        for (int at = 0; at < bytes.length; at += pieces) {
            spool.append(Unpooled.copiedBuffer(bytes, at, Math.min(pieces, bytes.length - at)));
        }
    }

    private void finish(BodySpool spool) {
        spool.finish(bodies::add, error -> {
            throw new AssertionError(error);
        });
    }

    private static byte[] read(RequestBody body, long from, int piece) throws IOException {
        ByteBuf all = Unpooled.buffer();
        while (from + all.readableBytes() < body.length()) {
            ByteBuf part = body.read(from + all.readableBytes(), piece);
            all.writeBytes(part);
            part.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(BodySpoolTest::isSpool).count();
        }
    }

    private static boolean isSpool(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("fcgid4j-body-");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 999, 1000, 1001, 100_000, 1 << 20, (1 << 20) + 1, 3_000_000})
    void bodyOfAnyLengthIsReadBackFromAnyPosition(int length) throws Exception {
        byte[] bytes = random(length);
        BodySpool spool = spool();
        append(spool, bytes, 777);
        finish(spool);
        runBlocking();

        RequestBody body = bodies.get(0);
        assertThat(body.length()).isEqualTo(length);
        assertThat(read(body, 0, 65_528)).isEqualTo(bytes);
        assertThat(read(body, length / 2, 4096))
                .isEqualTo(java.util.Arrays.copyOfRange(bytes, length / 2, length)); // as a repeated request does
        assertThat(openFiles()).isEqualTo(length > 1 << 20 ? 1 : 0);
        body.close();
        assertThat(openFiles()).isZero();
        assertThat(shared.taken()).isZero();
    }

    @Test
    void memoryIsSharedAndABodyThatFindsNoneGetsAFile() throws Exception {
        List<BodySpool> others = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            BodySpool other = spool();
            append(other, random(1 << 20), 1 << 16);
            others.add(other);
        }
        assertThat(blocking).isEmpty();

        BodySpool spool = spool();
        append(spool, random(100_000), 1000);
        finish(spool);
        assertThat(bodies).isEmpty(); // not before it is written
        runBlocking();

        assertThat(bodies).hasSize(1);
        assertThat(openFiles()).isEqualTo(1);
        bodies.get(0).close();
        others.forEach(BodySpool::close);
        assertThat(shared.taken()).isZero();
        assertThat(openFiles()).isZero();
    }

    @Test
    void clientIsHeldBackWhileMoreThanAMegabyteWaitsForTheDisk() {
        BodySpool spool = spool();
        append(spool, random(2_200_000), 100_000);
        assertThat(spool.congested()).isTrue();
        assertThat(relieved).isZero();

        runBlocking();

        assertThat(spool.congested()).isFalse();
        assertThat(relieved).isEqualTo(1);
        spool.close();
    }

    @Test
    void uploadThatIsGivenUpLeavesNothing() throws Exception {
        BodySpool unwritten = spool();
        append(unwritten, random(2_000_000), 100_000);
        unwritten.close();
        runBlocking();
        assertThat(openFiles()).isZero();

        BodySpool written = spool();
        append(written, random(2_000_000), 100_000);
        runBlocking();
        assertThat(openFiles()).isEqualTo(1);
        written.close();
        written.close(); // twice is harmless
        assertThat(openFiles()).isZero();
        assertThat(shared.taken()).isZero();
    }

    @Test
    void fileThatCanNotBeReadToItsEndIsAnError() throws Exception {
        BodySpool spool = spool();
        append(spool, random(2_000_000), 100_000);
        finish(spool);
        runBlocking();
        RequestBody body = bodies.get(0);

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> {
                    body.close();
                    body.read(0, 10);
                })
                .isInstanceOf(IOException.class);
    }
}
