/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fcgid4j.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The message of a failed start says what to do. */
class StartFailureTest {

    @TempDir
    private Path folder;

    private String message(Path program, int errno) {
        return message(program, folder, errno);
    }

    private static String message(Path program, Path directory, int errno) {
        ProcessCommand command = new ProcessCommand(List.of(program.toString()), Map.of(), directory);
        return StartFailure.of(command, new PosixException("posix_spawn", errno, "the system's words"))
                .getMessage();
    }

    private Path script(String content) throws IOException {
        return Files.writeString(folder.resolve("app.fcgi"), content);
    }

    @Test
    void missingProgramIsNamed() {
        Path missing = folder.resolve("missing.fcgi");

        assertThat(message(missing, StartFailure.ENOENT)).contains(missing.toString(), "there is no such file");
    }

    @Test
    void missingInterpreterIsNamed() throws IOException {
        assertThat(message(script("#!/no/such/perl -w\n"), StartFailure.ENOENT))
                .contains("the interpreter that its first line names does not exist: /no/such/perl -w");
    }

    @Test
    void carriageReturnInTheFirstLineIsNamed() throws IOException {
        assertThat(message(script("#!/usr/bin/perl\r\n"), StartFailure.ENOENT)).contains("Unix line ends");
    }

    @Test
    void missingWorkingDirectoryIsNamed() throws IOException {
        Path gone = folder.resolve("gone");

        assertThat(message(script("#!/bin/sh\n"), gone, StartFailure.ENOENT))
                .contains("its working directory " + gone + " does not exist");
    }

    @Test
    void programThatMayNotBeExecutedAsksForChmod() throws IOException {
        Path script = script("#!/bin/sh\n");

        assertThat(message(script, StartFailure.EACCES)).contains("chmod +x " + script);
    }

    @Test
    void directoryIsNoProgram() {
        assertThat(message(folder, StartFailure.EACCES)).contains("it is a directory");
    }

    @Test
    void fileWithoutInterpreterLineIsNoProgram() throws IOException {
        assertThat(message(script("print 1;\n"), StartFailure.ENOEXEC)).contains("its first line must be #!");
    }

    @Test
    void fullSystemHasItsOwnMessage() throws IOException {
        assertThat(message(script("#!/bin/sh\n"), StartFailure.EAGAIN))
                .contains("no room for another process", "the system's words");
    }

    @Test
    void otherErrorHasTheMessageOfTheSystem() throws IOException {
        assertThat(message(script("#!/bin/sh\n"), 99)).endsWith("posix_spawn: the system's words (errno 99)");
    }
}
