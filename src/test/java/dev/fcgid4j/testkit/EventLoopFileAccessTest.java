/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.watch.FileStamp;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EventLoopFileAccessTest {

    private static void stamp() {
        FileStamp.of(Path.of("/"));
    }

    @Test
    void fileThatIsReadOnAnEventLoopIsFound() {
        try (SteppedLoop stepped = new SteppedLoop(NioIoHandler.newFactory())) {
            stepped.loop().execute(EventLoopFileAccessTest::stamp);
            stepped.run();

            assertThatThrownBy(EventLoopFileAccess::assertNone)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("FileStamp");
            EventLoopFileAccess.watch();
        }
    }

    @Test
    void fileThatIsReadOnABlockingThreadIsNot() {
        try (SteppedLoop stepped = new SteppedLoop(NioIoHandler.newFactory())) {
            stepped.blocking().execute(EventLoopFileAccessTest::stamp);
            stepped.run();

            EventLoopFileAccess.assertNone();
        }
    }
}
