/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.codec.FcgiRecordDecoder;
import dev.fcgid4j.codec.ProtocolStatus;
import dev.fcgid4j.failure.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records come from a channel without a network, written by hand from FastCGI 1.0. */
class WorkerConnectionTest {

    private static final String STDOUT_OK = "01 06 0001 0002 00 00 4f4b";
    private static final String STDOUT_END = "01 06 0001 0000 00 00";
    private static final String STDERR_NO = "01 07 0001 0002 00 00 4e6f";
    private static final String END_REQUEST = "01 03 0001 0008 00 00 00000007 00 000000";
    private static final String OTHER_REQUEST = "01 06 0002 0002 00 00 4f4b";
    private static final String MANAGEMENT = "01 0b 0000 0008 00 00 63 00000000000000";

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final WorkerConnection connection = new WorkerConnection(channel);
    private final RecordedCalls calls = new RecordedCalls();

    WorkerConnectionTest() {
        channel.pipeline().addLast(new FcgiRecordDecoder(), connection);
    }

    @AfterEach
    void nothingIsLeftOver() {
        assertThat(channel.finishAndReleaseAll()).isFalse();
    }

    private ByteBuf arrive(String hex) {
        ByteBuf bytes = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replaceAll("\\s+", "")));
        channel.writeInbound(bytes);
        return bytes;
    }

    @Test
    void responseReachesTheListenerInOrder() {
        connection.begin(calls, calls);

        arrive(STDERR_NO + STDOUT_OK + STDOUT_END + END_REQUEST);

        assertThat(calls.list())
                .containsExactly(
                        "stderr No", "stdout OK", "stdout ", "ended " + ProtocolStatus.REQUEST_COMPLETE + " 7");
    }

    @Test
    void readCompleteFollowsWhatArrived() {
        connection.begin(calls, calls);

        arrive(STDOUT_OK);
        channel.pipeline().fireChannelReadComplete();

        assertThat(calls.list()).startsWith("stdout OK", "readComplete");
    }

    @Test
    void recordWithoutARequestIsReleased() {
        ByteBuf bytes = arrive(STDOUT_OK);

        assertThat(bytes.refCnt()).isZero();
        assertThat(calls.list()).isEmpty();
    }

    @Test
    void recordAfterTheEndOfTheRequestIsReleased() {
        connection.begin(calls, calls);
        arrive(END_REQUEST);

        ByteBuf late = arrive(STDOUT_OK);

        assertThat(late.refCnt()).isZero();
        assertThat(calls.list()).hasSize(1);
    }

    @Test
    void recordOfAnotherRequestIsReleasedAndReportedAsManagement() {
        connection.begin(calls, calls);

        ByteBuf bytes = arrive(OTHER_REQUEST + MANAGEMENT);

        assertThat(bytes.refCnt()).isZero();
        assertThat(calls.list()).startsWith("management", "management").doesNotContain("stdout OK");
    }

    @Test
    void firstRecordOfTheResponseIsReportedOnceAndBeforeItIsPassedOn() {
        connection.begin(calls, calls);
        assertThat(calls.hasResponseBegun()).isFalse();

        arrive(STDERR_NO);
        assertThat(connection.received()).isEqualTo(1);
        arrive(STDOUT_OK + STDOUT_END);

        assertThat(calls.hasResponseBegun()).isTrue();
        assertThat(connection.received()).isEqualTo(3);
    }

    @Test
    void nextRequestCountsAnew() {
        connection.begin(calls, calls);
        arrive(STDOUT_OK + END_REQUEST);
        RecordedCalls next = new RecordedCalls();

        connection.begin(next, next);

        assertThat(connection.received()).isZero();
        assertThat(next.hasResponseBegun()).isFalse();
    }

    @Test
    void otherListenersMayTakeARequestOverInItsMiddle() {
        connection.begin(calls, calls);
        arrive(STDOUT_OK);
        RecordedCalls others = new RecordedCalls();

        connection.handOver(others, others);
        arrive(STDERR_NO + STDOUT_OK + END_REQUEST);

        assertThat(calls.list())
                .filteredOn(call -> !call.equals("readComplete"))
                .containsExactly("stdout OK");
        assertThat(others.list())
                .startsWith("stderr No", "stdout OK", "ended " + ProtocolStatus.REQUEST_COMPLETE + " 7");
    }

    @Test
    void connectionRunsOneRequestAtATime() {
        connection.begin(calls, calls);

        RecordedCalls other = new RecordedCalls();
        assertThatThrownBy(() -> connection.begin(other, other)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void connectionRunsTheNextRequestAfterTheEnd() {
        connection.begin(calls, calls);
        arrive(END_REQUEST);
        RecordedCalls next = new RecordedCalls();
        connection.begin(next, next);

        arrive(STDOUT_OK);

        assertThat(calls.list()).hasSize(1);
        assertThat(next.list()).startsWith("stdout OK");
    }

    @Test
    void brokenConnectionIsReportedOnce() {
        connection.begin(calls, calls);

        channel.close();
        channel.pipeline().fireChannelInactive();

        assertThat(calls.list()).containsExactly("closed null");
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void brokenProtocolClosesTheConnectionAndNamesTheReason() {
        connection.begin(calls, calls);

        arrive("02 06 0001 0000 00 00");

        assertThat(calls.list()).singleElement().asString().startsWith("closed " + ProtocolException.class.getName());
        assertThat(connection.isOpen()).isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void failedReadIsTheReasonOfTheEnd() {
        connection.begin(calls, calls);

        channel.pipeline().fireExceptionCaught(new java.io.IOException("reset"));

        assertThat(calls.list()).containsExactly("closed java.io.IOException: reset");
    }

    @Test
    void listenerIsNotCalledAfterClose() {
        connection.begin(calls, calls);

        connection.close();

        assertThat(calls.list()).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void recordsAreWrittenWhenFlushed() {
        connection.write(connection.allocate(8).writeBytes("hello".getBytes(StandardCharsets.US_ASCII)));
        assertThat(channel.outboundMessages()).isEmpty();

        connection.flush();

        ByteBuf sent = channel.readOutbound();
        assertThat(sent.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
        sent.release();
    }

    @Test
    void writabilityOfTheChannelReachesTheListener() {
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, 2));
        connection.begin(calls, calls);

        connection.write(connection.allocate(8).writeBytes(new byte[8]));
        assertThat(connection.isWritable()).isFalse();
        connection.flush();
        channel.runPendingTasks();

        assertThat(connection.isWritable()).isTrue();
        assertThat(calls.list()).contains("writabilityChanged");
        channel.releaseOutbound();
    }

    @Test
    void readingStopsAndResumes() {
        connection.reading(false);
        assertThat(channel.config().isAutoRead()).isFalse();

        connection.reading(true);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void channelWithoutADescriptorHasNoNews() {
        assertThat(connection.hasUnreadInput()).isFalse();
    }

    @Test
    void openConnectionIsOpen() {
        assertThat(connection.isOpen()).isTrue();
        assertThat(List.of(connection.loop())).containsExactly(channel.eventLoop());
    }
}
