/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a response for a slow client. The loop and the blocking threads run when the test says so. */
class ResponseSpoolTest {

    private static final int PIECE = 50_000;
    private static final long LIMIT = 20_000_000;

    private final ByteBudget shared = new ByteBudget(64L << 20);
    private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
    private final ArrayDeque<Runnable> blocking = new ArrayDeque<>();
    private final Client client = new Client();
    private ByteBudget disk = new ByteBudget(100L << 20);
    private ResponseSpool spool = newSpool(LIMIT);
    private byte[] sent = {};

    private ResponseSpool newSpool(long limit) {
        SpoolMeans means =
                new SpoolMeans(shared, disk, new LogLimiter(), ByteBufAllocator.DEFAULT, loop::add, blocking::add);
        return new ResponseSpool(means, limit, client);
    }

    /** The client's side: takes this many bytes, and then no more. */
    private static final class Client implements ResponseSpool.Owner {
        private final ByteBuf received = Unpooled.buffer();
        private final List<String> calls = new ArrayList<>();
        private long takes;

        @Override
        public boolean writable() {
            return takes > 0;
        }

        @Override
        public void next(ByteBuf content) {
            takes -= content.readableBytes();
            received.writeBytes(content);
            content.release();
        }

        @Override
        public void flush() {
            // everything is sent at once
        }

        @Override
        public void relieved() {
            calls.add("relieved");
        }

        @Override
        public void emptied() {
            calls.add("emptied");
        }

        @Override
        public void lost(IOException why) {
            calls.add("lost");
        }
    }

    private void append(int length) {
        append(length, PIECE);
    }

    private void append(int length, int piece) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        for (int at = 0; at < length; at += piece) {
            spool.append(Unpooled.copiedBuffer(bytes, at, Math.min(piece, length - at)));
        }
        int before = sent.length;
        sent = Arrays.copyOf(sent, before + length);
        System.arraycopy(bytes, 0, sent, before, length);
    }

    private void take(long bytes) {
        client.takes = bytes;
        spool.drain();
        run();
    }

    private void run() {
        while (!blocking.isEmpty() || !loop.isEmpty()) {
            (loop.isEmpty() ? blocking : loop).remove().run();
        }
    }

    private void assertReceivedEverything() {
        assertThat(ByteBufUtil.getBytes(client.received)).isEqualTo(sent);
        assertThat(client.calls).endsWith("emptied");
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(ResponseSpoolTest::isSpool).count();
        }
    }

    private static boolean isSpool(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("fcgid4j-body-");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        spool.close();
        run();
        assertThat(shared.taken() + disk.taken()).isZero();
        assertThat(openFiles()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 1024, 1025, 100_000, 1 << 20, (1 << 20) + 1, 5_000_000})
    void clientGetsEveryByteInOrder(int length) {
        append(length, 777);
        run();

        while (client.calls.isEmpty()) {
            take(10_000);
        }

        assertReceivedEverything();
    }

    @Test
    void responseOfAMegabyteNeedsNoFile() {
        append(1 << 20);

        assertThat(blocking).isEmpty();
        assertThat(spool.accepts()).isTrue();
    }

    @Test
    void responseBeyondAMegabyteGoesToAFileWithoutAName() throws Exception {
        append(2_000_000);
        run();

        assertThat(openFiles()).isOne();
        assertThat(disk.taken()).isBetween(900_000L, 1_000_000L);
    }

    @Test
    void pieceThatArrivesWhileTheClientReadsFollowsTheOthers() {
        append(2_000_000);
        run();
        take(500_000);
        append(700_000);
        take(1_000_000);
        append(30);
        take(Long.MAX_VALUE);

        assertReceivedEverything();
    }

    @Test
    void clientThatReadsBeforeTheDiskIsDoneGetsTheRestLater() {
        append(2_000_000);
        client.takes = Long.MAX_VALUE;
        spool.drain();
        assertThat(client.received.readableBytes()).isLessThan(2_000_000);

        run();

        assertReceivedEverything();
    }

    @Test
    void tinyPiecesAreJoined() {
        append(100_000, 10);
        client.takes = 1;
        spool.drain();

        assertThat(client.received.readableBytes()).isGreaterThan(4000);
    }

    // ---- bounds ---------------------------------------------------------------------------------------------------

    @Test
    void workerWaitsWhenTheLimitIsReached() {
        spool.close();
        spool = newSpool(200_000);
        append(150_000);
        assertThat(spool.accepts()).isTrue();

        append(50_000);

        assertThat(spool.accepts()).isFalse();
        take(100_000);
        assertThat(spool.accepts()).isFalse();
        take(Long.MAX_VALUE);
        assertReceivedEverything();
    }

    @Test
    void workerWaitsForTheDisk() {
        append(3_000_000);
        assertThat(spool.accepts()).isFalse();

        run();

        assertThat(spool.accepts()).isTrue();
        assertThat(client.calls).containsExactly("relieved");
    }

    @Test
    void fullDiskLetsTheWorkerWaitAndLosesNothing() {
        disk = new ByteBudget(2_000_000);
        spool = newSpool(LIMIT);
        append(1_500_000);
        run();
        append(1_500_000);
        run();
        assertThat(spool.accepts()).isFalse();
        append(1000);

        while (!client.calls.contains("emptied")) {
            take(100_000);
        }

        assertReceivedEverything();
    }

    @Test
    void responsesLeaveHalfOfTheDiskToUploads() {
        disk = new ByteBudget(4_000_000);
        spool = newSpool(LIMIT);
        for (int i = 0; i < 8; i++) {
            append(500_000);
            run();
        }

        assertThat(disk.taken()).isLessThanOrEqualTo(2_000_000);
        assertThat(disk.tryTake(2_000_000)).isTrue();
        disk.giveBack(2_000_000);
    }

    @Test
    void memoryThatOthersHaveTakenMeansAFileAtOnce() {
        assertThat(shared.tryTake(shared.limit())).isTrue();

        append(1000);

        assertThat(blocking).hasSize(1);
        shared.giveBack(shared.limit());
    }

    // ---- failures and ends ----------------------------------------------------------------------------------------

    @Test
    void fileThatCanNotBeReadLosesTheResponse() throws Exception {
        append(3_000_000);
        run();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path each : descriptors.filter(ResponseSpoolTest::isSpool).toList()) {
                FileChannel.open(each, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
        }

        take(Long.MAX_VALUE);

        assertThat(client.calls).endsWith("lost");
    }

    @Test
    void clientThatLeavesDuringAWriteFreesTheFileAfterIt() throws Exception {
        append(3_000_000);
        Runnable write = blocking.remove();

        spool.close();
        write.run();
        run();

        assertThat(openFiles()).isZero();
        assertThat(client.calls).isEmpty();
    }

    @Test
    void clientThatLeavesDuringAReadIsGivenNothingMore() {
        append(3_000_000);
        run();
        client.takes = Long.MAX_VALUE;
        spool.drain();
        int before = client.received.readableBytes();
        assertThat(blocking).hasSize(1);

        spool.close();
        run();

        assertThat(client.received.readableBytes()).isEqualTo(before);
        assertThat(client.calls).doesNotContain("emptied", "lost");
    }
}
