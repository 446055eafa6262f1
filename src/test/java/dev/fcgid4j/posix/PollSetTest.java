/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PollSetTest {

    private final List<int[]> pipes = new ArrayList<>();
    private PollSet poll;

    @BeforeEach
    void open() throws PosixException {
        poll = new PollSet();
        poll.clear();
    }

    @AfterEach
    void close() {
        poll.close();
        for (int[] pipe : pipes) {
            LibC.closeQuietly(pipe[0]);
            LibC.closeQuietly(pipe[1]);
        }
    }

    private int[] pipe() throws PosixException {
        int[] pipe = LibC.pipe();
        pipes.add(pipe);
        return pipe;
    }

    @Test
    void onlyTheDescriptorWithDataIsReady() throws Exception {
        int[] first = pipe();
        int[] second = pipe();
        poll.add(first[0]);
        poll.add(second[0]);

        LibC.writeFully(second[1], new byte[] {1});
        poll.await(-1);

        assertThat(poll.ready(0)).isFalse();
        assertThat(poll.ready(1)).isTrue();
    }

    @Test
    void manyDescriptorsKeepTheirIndexes() throws Exception {
        for (int i = 0; i < 200; i++) {
            poll.add(pipe()[0]);
        }

        LibC.writeFully(pipes.get(150)[1], new byte[] {1});
        poll.await(-1);

        assertThat(poll.ready(150)).isTrue();
        assertThat(poll.ready(149)).isFalse();
        assertThat(poll.ready(151)).isFalse();
    }

    @Test
    void waitEndsWithoutAnyDescriptorWhenItIsWoken() throws Exception {
        poll.add(pipe()[0]);

        poll.wake();
        poll.await(-1);

        assertThat(poll.ready(0)).isFalse();
    }

    @Test
    void wakingIsForOneWait() throws Exception {
        poll.wake();
        poll.wake();
        poll.await(-1);
        int[] pipe = pipe();
        poll.add(pipe[0]);
        LibC.writeFully(pipe[1], new byte[] {1});

        poll.await(-1);

        assertThat(poll.ready(0)).isTrue();
    }

    @Test
    void waitEndsAfterItsTime() throws Exception {
        poll.add(pipe()[0]);

        poll.await(0);

        assertThat(poll.ready(0)).isFalse();
    }

    @Test
    void wakingAClosedSetDoesNothing() {
        poll.close();

        assertThatCode(poll::wake).doesNotThrowAnyException();
    }

    @Test
    void closedEndOfAPipeIsReadable() throws Exception {
        int[] pipe = LibC.pipe();
        assertThat(LibC.readable(pipe[0])).isFalse();

        LibC.closeQuietly(pipe[1]);

        assertThat(LibC.readable(pipe[0])).isTrue();
        assertThat(LibC.read(pipe[0], new byte[1])).isZero();
        LibC.closeQuietly(pipe[0]);
    }
}
