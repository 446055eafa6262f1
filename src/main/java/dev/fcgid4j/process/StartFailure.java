/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import dev.fcgid4j.failure.WorkerStartException;
import dev.fcgid4j.posix.PosixException;
import dev.fcgid4j.posix.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Explains why a program could not be started, and what to do. Stateless. */
final class StartFailure {

    // Errors of execve on Linux.
    static final int ENOENT = 2;

    static final int E2BIG = 7;
    static final int ENOEXEC = 8;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int ENOTDIR = 20;
    static final int ETXTBSY = 26;

    private StartFailure() {}

    /** Returns the failure to report for a failed start. Reads the disk. */
    static WorkerStartException of(ProcessCommand command, PosixException cause) {
        Path program = command.program();
        String why =
                switch (cause.errno()) {
                    case ENOENT, ENOTDIR -> missing(command);
                    case EACCES ->
                        Files.isDirectory(program)
                                ? "it is a directory"
                                : "it, or the interpreter it names, may not be executed by this user: chmod +x "
                                        + program + ", and look at the folders above it";
                    case ENOEXEC ->
                        "it is no program: its first line must be #! and an interpreter, such as" + " #!/usr/bin/perl";
                    case ETXTBSY -> "another process is writing it right now";
                    case E2BIG -> "its arguments and environment are too long";
                    case EAGAIN, ENOMEM -> "the system has no room for another process: " + cause.getMessage();
                    default -> cause.getMessage();
                };
        return new WorkerStartException("can't start " + program + ": " + why, cause);
    }

    private static String missing(ProcessCommand command) {
        Path program = command.program();
        if (!Files.exists(program)) {
            return "there is no such file";
        }
        if (!Files.isDirectory(command.directory())) {
            return "its working directory " + command.directory() + " does not exist";
        }
        String interpreter = interpreterOf(program);
        if (interpreter.endsWith("\r")) {
            return "its first line ends with a carriage return: save it with Unix line ends";
        }
        return "the interpreter that its first line names does not exist: " + interpreter
                + ". Install it or correct the line";
    }

    private static String interpreterOf(Path program) {
        try (InputStream in = RegularFile.newInputStream(program)) {
            String start = new String(in.readNBytes(256), StandardCharsets.ISO_8859_1);
            int end = start.indexOf('\n');
            String first = end < 0 ? start : start.substring(0, end);
            return first.startsWith("#!") ? first.substring(2).stripLeading() : "(a library of the program)";
        } catch (IOException e) {
            return "(unreadable: " + e.getMessage() + ")";
        }
    }
}
