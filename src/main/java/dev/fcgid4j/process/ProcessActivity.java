/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process is doing at one moment.
 *
 * <p>Source: proc(5), {@code /proc/pid/stat} and {@code /proc/pid/task}.
 *
 * @param cpuTicks processor time that all threads have used, ended ones too, in clock ticks
 * @param threads living threads
 * @param asleep whether every thread waits for an event; false if one of them runs, could run, or waits for a disk
 */
public record ProcessActivity(long cpuTicks, int threads, boolean asleep) {

    private static final int STATE = 0;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    /** Reads the activity of a process; empty after its end, and without {@code /proc}. Reads files: not for event loops. */
    static Optional<ProcessActivity> of(long pid) {
        Path process = Path.of("/proc/" + pid);
        int threads = 0;
        boolean asleep = true;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path task : tasks) {
                threads++;
                asleep &= fields(task)[STATE].equals("S");
            }
            String[] fields = fields(process);
            long ticks = Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
            return Optional.of(new ProcessActivity(ticks, threads, asleep));
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // the process or one of its threads has just ended
        }
    }

    /** Returns the fields from the state on; the name before them may contain anything. */
    private static String[] fields(Path task) throws IOException {
        String stat = Files.readString(task.resolve("stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }
}
