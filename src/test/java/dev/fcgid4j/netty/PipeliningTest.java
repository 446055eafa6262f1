/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.testkit.ScriptedConnection;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.nio.channels.WritableByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several requests on one connection. */
class PipeliningTest {

    private static final String GET = "GET /app.fcgi HTTP/1.1~Host: a~~";
    private static final String FILE = "GET /file.txt HTTP/1.1~Host: a~~";

    @RegisterExtension
    private final HandlerFixture world = new HandlerFixture();

    @Test
    void secondRequestReachesNoApplicationBeforeTheFirstIsAnswered() throws Exception {
        ClientChannel client = world.connect();
        client.send(GET + GET);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.expectNothing();

        connection.respond("Content-Type: text/plain\n\none");
        connection.expectRequest();
        connection.respond("Content-Type: text/plain\n\ntwo");

        assertThat(client.received()).containsSubsequence("HTTP/1.1 200 OK", "one", "HTTP/1.1 200 OK", "two");
        assertThat(client.isEnded()).isFalse();
    }

    @Test
    void requestForTheNextHandlerWaitsForTheResponseBeforeIt() throws Exception {
        ClientChannel client = world.connect();
        client.send(GET + FILE);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        assertThat(world.next().requests()).isEmpty();

        connection.respond("Content-Type: text/plain\n\none");

        assertThat(client.received()).containsSubsequence("one", "next");
    }

    @Test
    void requestBehindOneForTheNextHandlerWaitsForItsResponse() throws Exception {
        world.next().answerLater();
        ClientChannel client = world.connect();
        client.send(FILE + GET);
        assertThat(world.applications()).isEmpty();

        world.next().answer("file");
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond("Content-Type: text/plain\n\nscript");

        assertThat(client.received()).containsSubsequence("file", "script");
    }

    @Test
    void bodyOfASecondRequestIsKeptApartFromTheFirst() throws Exception {
        ClientChannel client = world.connect();
        client.send("POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 3~~one"
                + "POST /app.fcgi HTTP/1.1~Host: a~Content-Length: 3~~two");

        assertThat(answer(world.accept()).body()).isEqualTo("one");
        assertThat(answer(world.accept()).body()).isEqualTo("two");
        assertThat(client.received().split("HTTP/1.1 200 OK", -1)).hasSize(3);
    }

    private static ScriptedConnection.Request answer(ScriptedConnection connection) {
        ScriptedConnection.Request request = connection.expectRequest();
        connection.respond("Content-Type: text/plain\n\nok");
        return request;
    }

    @Test
    void clientIsReadNoFurtherWhileManyRequestsWait() throws Exception {
        ClientChannel client = world.connect();
        client.send(GET.repeat(9));
        ScriptedConnection connection = world.accept();
        assertThat(client.isRead()).isTrue();

        client.send(GET);
        assertThat(client.isRead()).isFalse();

        answer(connection);
        assertThat(client.isRead()).isTrue();
    }

    // ---- a client that takes nothing ------------------------------------------------------------------------------

    @Test
    void nextRequestBeginsWhenTheResponseBeforeItFitsIntoTheWriteBuffer() throws Exception {
        world.next().answerLater();
        ClientChannel client = world.connect();
        client.stopReading();
        client.send(FILE + FILE + FILE);
        world.next().answer("small");
        world.run();
        assertThat(world.next().requests()).hasSize(2);

        world.next().answer("x".repeat(200_000));
        world.run();
        assertThat(world.next().requests()).hasSize(2);

        client.readOn();
        assertThat(world.next().requests()).hasSize(3);
        world.next().answer("last");
        assertThat(client.received()).contains("small", "xxx").endsWith("last");
    }

    @Test
    void nextRequestBeginsWhenTheFileBeforeItHasLeft() throws Exception {
        world.next().answerLater();
        ClientChannel client = world.connect();
        client.stopReading();
        client.send(FILE + FILE);

        world.next().answerFile(new AnyFile());
        world.run();
        assertThat(world.next().requests()).hasSize(1);

        client.readOn();
        assertThat(world.next().requests()).hasSize(2);
        world.next().answer("last");
        assertThat(client.received()).contains("[file]").endsWith("last");
    }

    @Test
    void applicationGetsNoRequestWhileTheResponseBeforeItWaits() throws Exception {
        ClientChannel client = world.connect();
        client.stopReading();
        client.send(GET + GET);
        ScriptedConnection connection = world.accept();
        connection.expectRequest();
        connection.respond("Content-Type: text/plain\n\n" + "x".repeat(60_000) + "y".repeat(10_000));
        world.run();
        connection.expectNothing();

        client.readOn();

        answer(connection);
        assertThat(client.received()).endsWith("ok");
    }

    @Test
    void clientThatTakesNothingIsReadNoFurtherWhileManyRequestsWait() throws Exception {
        world.next().answerLater();
        ClientChannel client = world.connect();
        client.stopReading();
        client.send(FILE.repeat(20));
        world.next().answerFile(new AnyFile());

        assertThat(client.isRead()).isFalse();
        assertThat(world.next().requests()).hasSize(1);
    }

    /** A file whose content does not matter. */
    private static final class AnyFile extends AbstractReferenceCounted implements FileRegion {

        @Override
        public long position() {
            return 0;
        }

        @Override
        @SuppressWarnings("deprecation") // of the interface
        public long transfered() {
            return 0;
        }

        @Override
        public long transferred() {
            return 0;
        }

        @Override
        public long count() {
            return 1_000_000;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) {
            return 0;
        }

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(Object hint) {
            return this;
        }

        @Override
        protected void deallocate() {
            // holds no descriptor
        }
    }

    @Test
    void thousandsOfRequestsAnsweredAtOnceDoNotNest() throws Exception {
        ClientChannel client = world.connect();

        client.send(FILE.repeat(5000));

        assertThat(world.next().requests()).hasSize(5000);
        assertThat(client.received().split("HTTP/1.1 200 OK", -1)).hasSize(5001);
    }

    @Test
    void requestsBehindTheLastOneOfAConnectionAreDropped() throws Exception {
        ClientChannel client = world.connect();

        client.send("GET /file.txt HTTP/1.1~Host: a~Connection: close~~" + FILE + GET);

        assertThat(world.next().requests()).hasSize(1);
        assertThat(world.applications()).isEmpty();
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void requestWaitsWhileTheTargetBeforeItIsLookedUp() throws Exception {
        world.forgetTargets();
        world.holdBlocking();
        ClientChannel client = world.connect();
        client.send(GET + FILE);
        assertThat(world.lookedUp()).isEmpty();

        world.releaseBlocking();
        answer(world.accept());

        assertThat(client.received()).containsSubsequence("ok", "next");
        assertThat(world.lookedUp()).containsExactly("/app.fcgi", "/file.txt");
    }
}
