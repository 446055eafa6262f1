/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.limits.Expiring;
import dev.fcgid4j.limits.LogLimiter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A spool that keeps 1,000 bytes in any case; what blocks, and what the loop does, runs when the test says so. */
class BodySpoolTest {

    private static final int IN_MEMORY = 1000;

    private final ByteBudget shared = new ByteBudget(64L << 20);
    private final ByteBudget disk = new ByteBudget(100L << 20);
    private final ArrayDeque<Runnable> blocking = new ArrayDeque<>();
    private final List<RequestBody> bodies = new ArrayList<>();
    private final List<IOException> failures = new ArrayList<>();
    private int relieved;

    private BodySpool spool() {
        return spool(disk);
    }

    private BodySpool spool(ByteBudget files) {
        SpoolMeans means =
                new SpoolMeans(shared, files, new LogLimiter(), ByteBufAllocator.DEFAULT, Runnable::run, blocking::add);
        return new BodySpool(means, IN_MEMORY, new BodySpool.Owner() {
            @Override
            public void relieved() {
                relieved++;
            }

            @Override
            public void failed(IOException why) {
                failures.add(why);
            }
        });
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
        spool.finish(bodies::add);
    }

    /** Reads to the end, in pieces. */
    private byte[] read(RequestBody body, long from, int piece) {
        ByteBuf all = Unpooled.buffer();
        while (from + all.readableBytes() < body.length()) {
            body.read(from + all.readableBytes(), piece, new RequestBody.Reader() {
                @Override
                public void bytes(ByteBuf content) {
                    all.writeBytes(content);
                    content.release();
                }

                @Override
                public void failed(IOException why) {
                    throw new AssertionError(why);
                }
            });
            runBlocking();
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
        runBlocking();
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
        runBlocking();
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
        runBlocking();
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
        runBlocking();
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
        truncateFiles();

        List<IOException> errors = new ArrayList<>();
        body.read(0, 10, new FailedRead(errors));
        runBlocking();

        assertThat(errors).hasSize(1);
        body.close();
        runBlocking();
    }

    /** Takes the content of all spool files of this JVM away. */
    private static void truncateFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : descriptors.filter(BodySpoolTest::isSpool).toList()) {
                FileChannel.open(each, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
        }
    }

    private record FailedRead(List<IOException> errors) implements RequestBody.Reader {
        @Override
        public void bytes(ByteBuf content) {
            content.release();
            throw new AssertionError("there is nothing to read");
        }

        @Override
        public void failed(IOException why) {
            errors.add(why);
        }
    }

    // ---- failures -------------------------------------------------------------------------------------------------

    @Test
    void fullBudgetFailsAtTheFirstWriteAndFreesEverything() {
        BodySpool spool = spool(new ByteBudget(900_000));

        append(spool, random(1_500_000), 100_000);

        assertThat(failures).hasSize(1).first().isInstanceOf(SpoolFullException.class);
        assertThat(spool.congested()).isFalse();
        assertThat(shared.taken()).isZero();
        finish(spool);
        assertThat(bodies).isEmpty();
    }

    @Test
    void uploadsShareTheBudgetOfTheirFilesAndGiveItBack() {
        ByteBudget files = new ByteBudget(3_000_000);
        BodySpool first = spool(files);
        append(first, random(2_000_000), 100_000);
        runBlocking();
        append(spool(files), random(2_000_000), 100_000);
        runBlocking();
        assertThat(failures).hasSize(1);
        assertThat(files.taken()).isEqualTo(2_000_000);

        first.close();
        runBlocking();

        assertThat(files.taken()).isZero();
    }

    @Test
    void poolThatTakesNoTaskFailsTheBody() {
        SpoolMeans means =
                new SpoolMeans(shared, disk, new LogLimiter(), ByteBufAllocator.DEFAULT, Runnable::run, task -> {
                    throw new RejectedExecutionException();
                });
        List<IOException> reported = new ArrayList<>();
        BodySpool spool = new BodySpool(means, IN_MEMORY, new BodySpool.Owner() {
            @Override
            public void relieved() {
                throw new AssertionError("nothing was congested");
            }

            @Override
            public void failed(IOException why) {
                reported.add(why);
            }
        });

        append(spool, random(1_500_000), 100_000);

        assertThat(reported).hasSize(1);
        assertThat(disk.taken() + shared.taken()).isZero();
    }

    @Test
    void diskThatDoesNotAnswerFailsTheBodyAndTheFileIsClosedWhenItDoes() throws Exception {
        BodySpool spool = spool(new ByteBudget(100L << 20));
        byte[] bytes = random(3 << 20);
        append(spool, bytes, 1 << 20);
        Runnable write = blocking.remove();

        ((Expiring) write).expire();
        assertThat(failures).singleElement().asString().contains("the disk has not taken a piece");
        write.run();
        runBlocking();

        assertThat(failures).hasSize(1);
        assertThat(openFiles()).isZero();
        assertThat(bodies).isEmpty();
    }
}
