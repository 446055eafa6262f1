/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fcgid4j.failure.ConfigurationException;
import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.observe.ExitStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PosixLauncherTest {

    private static final Instrumentation.Installer NOT_INSTRUMENTED = directory -> {
        throw new AssertionError("the settings ask for no reports");
    };

    @TempDir
    private Path temp;

    private Path folder;
    private PosixLauncher launcher;

    /** Collects what a process says until it ends. */
    private static final class Report implements ProcessListener {
        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
        private final CompletableFuture<String> said = new CompletableFuture<>();
        private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

        @Override
        public void line(ProcessListener.Stream stream, String line) {
            lines.add(line);
            said.complete(line);
        }

        @Override
        public void exited(ExitStatus status) {
            exit.complete(status);
        }

        ExitStatus status() throws Exception {
            return exit.get(30, TimeUnit.SECONDS);
        }
    }

    @BeforeEach
    void openLauncher() throws Exception {
        folder = temp.toRealPath();
        launcher = PosixLauncher.open(new ProcessSettings(folder, 100, 50, false), NOT_INSTRUMENTED);
    }

    @AfterEach
    void closeLauncher() throws Exception {
        launcher.close();
        try (java.util.stream.Stream<Path> left = Files.list(folder)) {
            assertThat(left.filter(p -> p.getFileName().toString().contains("fcgid4j-")))
                    .isEmpty();
        }
    }

    private Path script(String text) throws Exception {
        Path script = folder.resolve("script.fcgi");
        Files.writeString(script, text);
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Report run(String text) throws Exception {
        Report report = new Report();
        launcher.launch(command(script("#!/bin/sh\n" + text)), report);
        return report;
    }

    private ProcessCommand command(Path program) {
        return new ProcessCommand(List.of(program.toString()), Map.of("ONLY", "this"), folder);
    }

    @Test
    void processHasItsSocketAndItsOutputAndNothingElseOpen() throws Exception {
        // The shell has its own script open as descriptor 10; ls has the directory it lists.
        Report report = run("exec /bin/ls -l /proc/self/fd\n");

        assertThat(report.status().success()).isTrue();
        assertThat(report.lines.stream()
                        .filter(l -> l.contains(" -> "))
                        .map(l -> l.replaceAll(".* (\\d+ -> [a-z/]+).*", "$1")))
                .satisfiesExactly(
                        l -> assertThat(l).isEqualTo("0 -> socket"),
                        l -> assertThat(l).isEqualTo("1 -> pipe"),
                        l -> assertThat(l).isEqualTo("2 -> pipe"),
                        l -> assertThat(l).startsWith("3 -> /proc/"));
    }

    /** The 41st field of its stat is the scheduling policy: 3 is SCHED_BATCH, 0 the normal one (proc(5)). */
    @Test
    void wokenProcessDoesNotInterruptItsWakerUnlessSwitchedOff() throws Exception {
        String policy = "/usr/bin/cut -d' ' -f41 /proc/$$/stat";
        // It is set right after the start.
        String untilItIsSet = "until [ \"$(" + policy + ")\" = 3 ]; do /bin/sleep 0.01; done\n";

        Report polite = run(untilItIsSet + policy + "\n");
        assertThat(polite.status().success()).isTrue();
        assertThat(polite.lines).containsExactly("3");

        launcher.close();
        launcher = PosixLauncher.open(new ProcessSettings(folder, 100, 50, false, false), NOT_INSTRUMENTED);
        Report usual = run(policy + "\n");
        assertThat(usual.status().success()).isTrue();
        assertThat(usual.lines).containsExactly("0");
    }

    @Test
    void environmentDirectoryGroupAndSignalsAreItsOwn() throws Exception {
        Report report = run("/usr/bin/env; /bin/pwd; /bin/grep -E 'Sig(Blk|Ign)|Pid' /proc/self/status; "
                + "echo group $(/usr/bin/cut -d' ' -f5 /proc/$$/stat) $$\n");

        assertThat(report.status().success()).isTrue();
        assertThat(report.lines).contains("ONLY=this", folder.toString(), "SigBlk:\t0000000000000000");
        // Signals 32 and 33 belong to the C library; no program can set them.
        assertThat(report.lines.stream().filter(l -> l.startsWith("SigIgn:")))
                .singleElement()
                .satisfies(l -> assertThat(Long.parseLong(l.substring(8), 16) & 0x7fff_ffffL)
                        .isZero());
        assertThat(report.lines.stream().filter(l -> l.contains("=")))
                .allMatch(l -> l.matches("(ONLY|FCGID_WATCH_FILE|PWD|_|OLDPWD|SHLVL)=.*"));
        assertThat(report.lines.stream().filter(l -> l.startsWith("group")))
                .singleElement()
                .asString()
                .matches("group (\\d+) \\1");
    }

    @Test
    void exitCodeAndSignalAreReported() throws Exception {
        assertThat(run("exit 7\n").status()).isEqualTo(ExitStatus.exited(7));
        assertThat(run("kill -9 $$\n").status()).isEqualTo(ExitStatus.killed(9));
    }

    @Test
    void childrenOfAProcessGoWithIt() throws Exception {
        Report report = run("/bin/sleep 1000 & echo $!\n exit 0\n");

        assertThat(report.status().success()).isTrue();
        long child = Long.parseLong(report.lines.get(0));
        assertThat(ProcessHandle.of(child)
                        .filter(ProcessHandle::isAlive)
                        .map(p -> p.onExit().orTimeout(20, TimeUnit.SECONDS).join()))
                .satisfiesAnyOf(
                        p -> assertThat(p).isEmpty(),
                        p -> assertThat(p.get().isAlive()).isFalse());
    }

    @Test
    void endlessOutputIsBoundedAndDoesNotHoldTheProcessUp() throws Exception {
        Report report = run("i=0; while [ $i -lt 5000 ]; do echo \"a line with \033 number $i\" >&2; i=$((i+1)); done\n"
                + "echo " + "x".repeat(300) + "\n");

        assertThat(report.status().success()).isTrue();
        assertThat(report.lines).hasSizeLessThan(4000).anyMatch(l -> l.matches("\\(\\d+ lines dropped.*"));
        assertThat(report.lines).noneMatch(l -> l.indexOf(27) >= 0).contains("x".repeat(100) + " (200 bytes cut)");
    }

    @Test
    void processesThatEndAtOnceAreAllReported() throws Exception {
        for (int i = 0; i < 300; i++) {
            assertThat(run("exit 0\n").status().success()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "#!/no/such/interpreter  | rwxr-xr-x | the interpreter that its first line names does not exist",
                "#!/bin/sh               | rw-r--r-- | chmod +x",
                "no first line           | rwxr-xr-x | its first line must be #!"
            })
    void failedStartSaysWhatToDo(String text, String mode, String expected) throws Exception {
        Path script = script(text + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString(mode));

        assertThatThrownBy(() -> launcher.launch(command(script), new Report()))
                .isInstanceOf(WorkerStartException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void programThatHandlesSigtermIsLeftToEndInItsOwnWay() throws Exception {
        Path python = Path.of("/usr/bin/python3");
        assumeTrue(Files.isExecutable(python), "no " + python);
        Path program = script("#!" + python
                + "\nimport os, signal, socket\nsignal.signal(signal.SIGTERM, lambda *_: os._exit(0))\n"
                + "listening = socket.socket(fileno=os.dup(0))\nos.write(1, b'ready\\n')\nlistening.accept()\n");
        for (int i = 0; i < 50; i++) {
            Report report = new Report();
            ApplicationProcess process = launcher.launch(command(program), report);
            assertThat(report.said.get(30, TimeUnit.SECONDS)).isEqualTo("ready");

            process.terminate();

            assertThat(report.status()).as("stop %d", i).isEqualTo(ExitStatus.exited(0));
            assertThat(report.lines).as("stop %d", i).containsExactly("ready");
        }
    }

    @Test
    void programThatAcceptsAgainAfterSigtermIsWoken() throws Exception {
        Path python = Path.of("/usr/bin/python3");
        assumeTrue(Files.isExecutable(python), "no " + python);
        Report report = new Report();
        ApplicationProcess process = launcher.launch(
                command(script("#!" + python
                        + "\nimport os, signal, socket\nsignal.signal(signal.SIGTERM, lambda *_: None)\n"
                        + "listening = socket.socket(fileno=os.dup(0))\nos.write(1, b'ready\\n')\n"
                        + "try:\n  listening.accept()\nexcept OSError:\n  os._exit(3)\n")),
                report);
        assertThat(report.said.get(30, TimeUnit.SECONDS)).isEqualTo("ready");

        process.terminate();

        assertThat(report.status()).isEqualTo(ExitStatus.exited(3));
    }

    @Test
    void closingKillsWhatIgnoresSigterm() throws Exception {
        Report report = new Report();
        ApplicationProcess process = launcher.launch(
                command(script("#!/bin/sh\ntrap '' TERM\necho ready\nwhile :; do /bin/sleep 1; done\n")), report);
        assertThat(report.said.get(30, TimeUnit.SECONDS)).isEqualTo("ready");
        process.terminate();

        launcher.close();

        assertThat(report.status()).isEqualTo(ExitStatus.killed(9));
        assertThat(process.socketPath()).doesNotExist();
        process.terminate(); // does nothing: the pid is not ours any more
    }

    @Test
    void directoryTooLongForSocketsIsRefusedBeforeAnythingIsStarted() throws Exception {
        Path deep = Files.createDirectories(folder.resolve("d".repeat(100)));

        assertThatThrownBy(() -> PosixLauncher.open(new ProcessSettings(deep, 100, 50, false), NOT_INSTRUMENTED))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Set FcgidIPCDir to a shorter directory");
        assertThat(deep).isEmptyDirectory();
    }

    @Test
    void endIsReportedAgainAfterAnErrorAndOtherEndsAreNotDelayed() throws Exception {
        CompletableFuture<ExitStatus> second = new CompletableFuture<>();
        AtomicInteger faults = new AtomicInteger(1);
        ProcessListener failing = new ProcessListener() {
            @Override
            public void line(ProcessListener.Stream stream, String line) {
                throw new OutOfMemoryError("injected");
            }

            @Override
            public void exited(ExitStatus status) {
                if (faults.getAndDecrement() > 0) {
                    throw new OutOfMemoryError("injected");
                }
                second.complete(status);
            }
        };
        launcher.launch(command(script("#!/bin/sh\necho line; exit 3\n")), failing);

        assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(ExitStatus.exited(3));
        assertThat(launcher.isDead()).isFalse();
        assertThat(run("exit 4\n").status()).isEqualTo(ExitStatus.exited(4));
    }
}
