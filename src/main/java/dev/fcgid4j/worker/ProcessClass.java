/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.process.ProcessCommand;
import java.nio.file.Path;
import java.util.List;

/**
 * The key under which workers are interchangeable: the same command, environment and working directory.
 *
 * <p>Immutable. The hash is computed once, because every request looks its class up.
 */
public final class ProcessClass {

    private final String name;
    private final ProcessCommand command;
    private final List<Path> watched;
    private final int hash;

    /**
     * Creates a key.
     *
     * @param name how logs and the status page call the class; not part of the key
     * @param command what its processes execute
     * @param watched absolute paths of the files whose change retires its workers; not part of the key
     */
    public ProcessClass(String name, ProcessCommand command, List<Path> watched) {
        this.name = requireNonNull(name, "name");
        this.command = requireNonNull(command, "command");
        this.watched = List.copyOf(watched);
        this.hash = command.hashCode();
    }

    /** How logs and the status page call the class. */
    public String name() {
        return name;
    }

    /** What its processes execute. */
    public ProcessCommand command() {
        return command;
    }

    /** The files whose change retires its workers. */
    public List<Path> watched() {
        return watched;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ProcessClass that && hash == that.hash && command.equals(that.command));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return name;
    }
}
