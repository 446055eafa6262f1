/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdleClientTimeoutTest {

    /** A client that takes bytes only while {@code taking} is set. */
    private static final class Client extends ChannelOutboundHandlerAdapter {
        private boolean taking = true;

        @Override
        public void flush(ChannelHandlerContext ctx) {
            if (taking) {
                ctx.flush();
            }
        }
    }

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Client client = new Client();
    private ClientProgress progress = ClientProgress.NONE;
    private Function<Channel, ClientProgress> measure = ClientProgress::of;
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void open() {
        channel.freezeTime();
        channel.pipeline().addLast(client, new IdleClientTimeout(LIMIT, any -> measure.apply(any)));
        channel.pipeline().fireChannelActive();
    }

    private void pass(long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }

    private void assertClosedAfterTheLimit() {
        pass(59);
        assertThat(channel.isOpen()).isTrue();
        pass(1);
        assertThat(channel.isOpen()).isFalse();
    }

    private void request() {
        channel.writeInbound(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"), LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private static DefaultFullHttpResponse response() {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(new byte[100]));
    }

    @Test
    void connectionWithoutARequestIsClosedAfterTheLimit() {
        assertClosedAfterTheLimit();
    }

    @Test
    void requestThatIsNeverCompletedIsClosedAfterTheLimit() {
        pass(30);
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/"));
        assertClosedAfterTheLimit();
    }

    @Test
    void applicationMayTakeItsTime() {
        request();

        for (int i = 0; i < 10; i++) {
            pass(60);
        }

        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void applicationMayTakeItsTimeForEachOfSeveralPipelinedRequests() {
        request();
        request();
        channel.writeOutbound(response());

        for (int i = 0; i < 10; i++) {
            pass(60);
        }

        assertThat(channel.isOpen()).isTrue();
        channel.writeOutbound(response());
        assertClosedAfterTheLimit();
        channel.releaseOutbound();
    }

    @Test
    void afterItsAnswerTheClientHasTheWholeLimitAgain() {
        request();
        pass(59);
        channel.writeOutbound(response());
        assertClosedAfterTheLimit();
        channel.releaseOutbound();
    }

    @Test
    void clientThatTakesNoByteOfItsAnswerIsDisconnected() {
        request();
        client.taking = false;
        channel.writeOutbound(response());

        pass(60); // noticed
        assertThat(channel.isOpen()).isTrue();
        pass(60);

        assertThat(channel.isOpen()).isFalse();
    }

    // ---- what the kernel has queued -------------------------------------------------------------------------------

    private void measure() {
        measure = any -> progress;
    }

    @Test
    void clientThatAcknowledgesBytesOfTheSendQueueIsNotLetGo() {
        measure();
        request();
        channel.writeOutbound(response());

        for (int acknowledged = 1; acknowledged < 10; acknowledged++) {
            progress = new ClientProgress(acknowledged, true);
            pass(60);
        }

        assertThat(channel.isOpen()).isTrue();
        channel.releaseOutbound();
    }

    @Test
    void clientThatAcknowledgesNothingOfTheSendQueueIsLetGo() {
        measure();
        request();
        progress = new ClientProgress(7, true);
        channel.writeOutbound(response());

        pass(60); // noticed
        assertThat(channel.isOpen()).isTrue();
        pass(60);

        assertThat(channel.isOpen()).isFalse();
        channel.releaseOutbound();
    }

    @Test
    void moreBytesInTheQueueAreNoProgressOfTheClient() {
        measure();
        request();
        client.taking = false;
        progress = new ClientProgress(7, true);
        pass(60); // noticed

        channel.write(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[10])));
        pass(60);

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void clientThatHasAcknowledgedEverythingIsIdle() {
        measure();
        request();
        channel.writeOutbound(response());
        progress = new ClientProgress(7, false);

        pass(60);

        assertThat(channel.isOpen()).isFalse();
        channel.releaseOutbound();
    }

    @Test
    void clientThatTakesItsAnswerSlowlyIsNot() {
        request();
        client.taking = false;
        for (int i = 0; i < 5; i++) {
            channel.write(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[10 + i])));
            pass(60);
            assertThat(channel.isOpen()).isTrue();
            client.taking = true;
            channel.flush();
            client.taking = false;
        }
        channel.releaseOutbound();
        channel.finishAndReleaseAll();
    }
}
