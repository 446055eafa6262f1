/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.process.ProcessCommand;

/**
 * A FastCGI application, and the key under which its worker processes are interchangeable: what is executed, and which
 * changes of files replace it. Two requests whose classes are equal may share workers.
 *
 * <p>The name is a label for logs and the status page; it is not part of the key.
 *
 * <p>Immutable. The hash is computed once, because every request looks its class up.
 *
 * <p>Source: mod_fcgid's process class.
 */
public final class ProcessClass {

    private final String name;
    private final ProcessCommand command;
    private final ChangePolicy policy;
    private final int hash;

    /**
     * Creates a key.
     *
     * @param name the label: the script's path below the document root, or the wrapper's command; not part of the key
     * @param command what its processes execute
     * @param policy which changes of files concern it, and how a change takes effect
     */
    public ProcessClass(String name, ProcessCommand command, ChangePolicy policy) {
        this.name = requireNonNull(name, "name");
        this.command = requireNonNull(command, "command");
        this.policy = requireNonNull(policy, "policy");
        this.hash = 31 * command.hashCode() + policy.hashCode();
    }

    /** The label that logs and the status page show. */
    public String name() {
        return name;
    }

    /** What its processes execute. */
    public ProcessCommand command() {
        return command;
    }

    /** Which changes of files concern it, and how a change takes effect. */
    public ChangePolicy policy() {
        return policy;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ProcessClass that
                        && hash == that.hash
                        && command.equals(that.command)
                        && policy.equals(that.policy));
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
