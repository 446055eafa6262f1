/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fcgid4j.posix.Spawn.Program;
import dev.fcgid4j.posix.Spawn.Scheduling;
import dev.fcgid4j.posix.Spawn.Standard;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real child that writes to a pipe. */
class SpawnTest {

    private static final int ENOENT = 2;

    @TempDir
    private Path folder;

    private int[] output;

    @BeforeEach
    void makePipe() throws PosixException {
        output = LibC.pipe();
    }

    @AfterEach
    void closePipe() {
        LibC.closeQuietly(output[0]);
        if (output[1] >= 0) {
            LibC.closeQuietly(output[1]);
        }
    }

    private int start(Scheduling scheduling, String script) throws PosixException {
        Program shell = new Program("/bin/sh", List.of("sh", "-c", script), List.of("ONLY=this"), folder.toString());
        int pid = Spawn.start(shell, new Standard(output[0], output[1], output[1]), scheduling);
        LibC.closeQuietly(output[1]); // so that the child's end is the end of the pipe
        output[1] = -1;
        return pid;
    }

    private String said() throws PosixException {
        StringBuilder text = new StringBuilder();
        byte[] buffer = new byte[4096];
        for (int n = LibC.read(output[0], buffer); n > 0; n = LibC.read(output[0], buffer)) {
            text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
        }
        return text.toString().strip();
    }

    private String outputOf(String script) throws PosixException {
        int pid = start(Scheduling.NORMAL, script);
        String text = said();
        LibC.reap(pid);
        return text;
    }

    @Test
    void childHasTheGivenEnvironmentAndNoOther() throws Exception {
        assertThat(outputOf("echo $ONLY ${HOME-none}")).isEqualTo("this none");
    }

    @Test
    void childWorksInTheGivenDirectory() throws Exception {
        assertThat(Path.of(outputOf("pwd -P"))).isEqualTo(folder.toRealPath());
    }

    @Test
    void childInheritsOnlyThreeDescriptors() throws Exception {
        int[] other = LibC.pipe();

        String inherited = outputOf("for fd in /proc/$$/fd/*; do echo ${fd##*/}; done | sort -n | tr '\\n' ' '");

        LibC.closeQuietly(other[0]);
        LibC.closeQuietly(other[1]);
        assertThat(inherited).startsWith("0 1 2").doesNotContain(" " + other[0] + " ");
    }

    @Test
    void childLeadsItsOwnProcessGroup() throws Exception {
        int pid = start(Scheduling.NORMAL, "cut -d' ' -f5 /proc/$$/stat");

        String group = said();

        LibC.reap(pid);
        assertThat(group).isEqualTo(Integer.toString(pid));
    }

    @Test
    void signalReachesTheGroupAndTheStatusTellsIt() throws Exception {
        int pid = start(Scheduling.NORMAL, "exec sleep 1000");
        assertThat(LibC.hasEnded(pid)).isFalse();

        assertThat(LibC.signalGroup(pid, LibC.SIGKILL)).isTrue();

        assertThat(LibC.reap(pid) & 0x7f).isEqualTo(LibC.SIGKILL);
        assertThat(LibC.signalGroup(pid, LibC.SIGKILL)).isFalse();
    }

    @Test
    void exitCodeStandsInTheWaitStatus() throws Exception {
        int pid = start(Scheduling.NORMAL, "exit 7");

        assertThat(LibC.reap(pid) >> 8).isEqualTo(7);
    }

    @Test
    void endedChildCanBeSeenBeforeItIsReaped() throws Exception {
        int pid = start(Scheduling.NORMAL, "exit 0");
        said(); // until it has closed the pipe
        int ended = LibC.openPidFd(pid);
        if (ended >= 0) {
            PollSet poll = new PollSet();
            poll.clear();
            poll.add(ended);
            poll.await(-1);
            poll.close();
            LibC.closeQuietly(ended);

            assertThat(LibC.hasEnded(pid)).isTrue();
        }

        assertThat(LibC.reap(pid)).isZero();
    }

    @Test
    void batchSchedulingIsSetForTheChild() throws Exception {
        int pid =
                start(Scheduling.BATCH, "read line </dev/null; sleep 0; cut -d' ' -f41 /proc/$$/stat; exec sleep 1000");
        String policy = Files.readString(Path.of("/proc/" + pid + "/stat")).split(" ", -1)[40];

        LibC.signalGroup(pid, LibC.SIGKILL);
        LibC.reap(pid);

        assertThat(policy).isEqualTo(BatchScheduling.AVAILABLE ? "3" : "0");
    }

    @Test
    void missingProgramIsRecognisedByItsErrorNumber() {
        Program missing = new Program("/no/such/program", List.of("x"), List.of(), folder.toString());

        assertThatThrownBy(() -> Spawn.start(missing, new Standard(output[0], output[1], output[1]), Scheduling.NORMAL))
                .isInstanceOfSatisfying(PosixException.class, failure -> {
                    assertThat(failure.errno()).isEqualTo(ENOENT);
                    assertThat(failure.call()).contains("/no/such/program");
                })
                .hasMessageContaining("(errno 2)");
    }
}
