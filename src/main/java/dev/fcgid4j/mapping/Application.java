/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.watch.ChangePolicy;
import java.util.Objects;

/**
 * What a request runs: a script, or a wrapper command. Requests whose applications are equal may share workers.
 *
 * <p>Immutable. The hash is computed once, because every request looks its application up.
 */
public final class Application {

    private final String name;
    private final ProcessCommand command;
    private final ChangePolicy policy;
    private final int hash;

    /**
     * Creates one.
     *
     * @param name how logs and the status page call it: the script's path below the document root, or the wrapper's command
     * @param command what is executed
     * @param policy the files whose change concerns it: the script, or the wrapper's program and those of its arguments
     *     that name a file; and how a change takes effect
     */
    public Application(String name, ProcessCommand command, ChangePolicy policy) {
        this.name = requireNonNull(name, "name");
        this.command = requireNonNull(command, "command");
        this.policy = requireNonNull(policy, "policy");
        this.hash = Objects.hash(name, command, policy);
    }

    /** How logs and the status page call it. */
    public String name() {
        return name;
    }

    /** What is executed. */
    public ProcessCommand command() {
        return command;
    }

    /** The files whose change concerns it, and how a change takes effect. */
    public ChangePolicy policy() {
        return policy;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Application that
                        && hash == that.hash
                        && name.equals(that.name)
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
