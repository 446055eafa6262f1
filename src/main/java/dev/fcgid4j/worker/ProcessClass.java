/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.worker;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.watch.ChangePolicy;

/**
 * The key under which workers are interchangeable: the same command, environment, working directory
 * and policy of changes.
 *
 * <p>Immutable. The hash is computed once, because every request looks its class up.
 */
public final class ProcessClass {

    private final String name;
    private final ProcessCommand command;
    private final ChangePolicy policy;
    private final int hash;

    /**
     * Creates a key.
     *
     * @param name how logs and the status page call the class; not part of the key
     * @param command what its processes execute
     * @param policy which changes of files concern it, and how they take effect
     */
    public ProcessClass(String name, ProcessCommand command, ChangePolicy policy) {
        this.name = requireNonNull(name, "name");
        this.command = requireNonNull(command, "command");
        this.policy = requireNonNull(policy, "policy");
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

    /** Which changes of files concern it, and how they take effect. */
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
