/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.application;

import static java.util.Objects.requireNonNull;

import dev.fcgid4j.api.Internal;
import dev.fcgid4j.codec.Role;
import dev.fcgid4j.process.ProcessCommand;

/**
 * A FastCGI application, and the key under which its worker processes are interchangeable: the command, the change
 * policy, the limits, the role and the group. Two requests whose classes are equal may share workers.
 *
 * <p>The name is a label for logs and the status page; it is not part of the key.
 *
 * <p>Immutable. The hash is computed once, because every request looks its class up.
 *
 * <p>Two properties will join the key when the library supports them: the user that the processes run as (a component
 * {@code RunAs}), and the address of an application that another program has started (a component {@code Endpoint} in
 * place of the command). Both belong here, because workers that differ in one of them must not be exchanged.
 *
 * <p>Source: mod_fcgid's process class. mod_fcgid leaves environment and limits out of the key, so that the first
 * request of a class decides for all later ones. Here they are part of it.
 */
public final class ProcessClass {

    private final String name;
    private final ProcessCommand command;
    private final ChangePolicy policy;
    private final ClassLimits limits;
    private final Role role;
    private final ShareGroup group;
    private final int hash;

    /**
     * Creates a key with {@link ClassLimits#defaults()} for a {@link Role#RESPONDER}.
     *
     * @param name the label: the script's path below the document root, or the wrapper's command; not part of the key
     * @param command what its processes execute
     * @param policy which changes of files concern it, and how a change takes effect
     */
    @Internal
    @SuppressWarnings("exports")
    public ProcessClass(String name, ProcessCommand command, ChangePolicy policy) {
        this(name, command, policy, ClassLimits.defaults());
    }

    /**
     * Creates a key for a {@link Role#RESPONDER}.
     *
     * @param name the label: the script's path below the document root, or the wrapper's command; not part of the key
     * @param command what its processes execute
     * @param policy which changes of files concern it, and how a change takes effect
     * @param limits how many processes it may have, how long they live, and how long requests wait
     */
    @Internal
    @SuppressWarnings("exports")
    public ProcessClass(String name, ProcessCommand command, ChangePolicy policy, ClassLimits limits) {
        this(name, command, policy, limits, Role.RESPONDER);
    }

    /**
     * Creates a key.
     *
     * @param name the label: the script's path below the document root, or the wrapper's command; not part of the key
     * @param command what its processes execute
     * @param policy which changes of files concern it, and how a change takes effect
     * @param limits how many processes it may have, how long they live, and how long requests wait
     * @param role the FastCGI role in which the processes are asked
     */
    @Internal
    @SuppressWarnings("exports")
    public ProcessClass(String name, ProcessCommand command, ChangePolicy policy, ClassLimits limits, Role role) {
        this(name, command, policy, limits, role, ShareGroup.DEFAULT);
    }

    /**
     * Creates a key.
     *
     * @param name the label: the script's path below the document root, or the wrapper's command; not part of the key
     * @param command what its processes execute
     * @param policy which changes of files concern it, and how a change takes effect
     * @param limits how many processes it may have, how long they live, and how long requests wait
     * @param role the FastCGI role in which the processes are asked
     * @param group the classes with which it shares the processes of the server first
     */
    @Internal
    @SuppressWarnings("exports")
    public ProcessClass(
            String name, ProcessCommand command, ChangePolicy policy, ClassLimits limits, Role role, ShareGroup group) {
        this.name = requireNonNull(name, "name");
        this.command = requireNonNull(command, "command");
        this.policy = requireNonNull(policy, "policy");
        this.limits = requireNonNull(limits, "limits");
        this.role = requireNonNull(role, "role");
        this.group = requireNonNull(group, "group");
        int hashed = 31 * (31 * command.hashCode() + policy.hashCode()) + limits.hashCode();
        this.hash = 31 * (31 * hashed + role.code()) + group.hashCode();
    }

    /** The label that logs and the status page show. */
    public String name() {
        return name;
    }

    /** What its processes execute. */
    @Internal
    @SuppressWarnings("exports")
    public ProcessCommand command() {
        return command;
    }

    /** Which changes of files concern it, and how a change takes effect. */
    @Internal
    public ChangePolicy policy() {
        return policy;
    }

    /** How many processes it may have, how long they live, and how long requests wait. */
    public ClassLimits limits() {
        return limits;
    }

    /** The FastCGI role in which its processes are asked. */
    public Role role() {
        return role;
    }

    /** The classes with which it shares the processes of the server first. */
    public ShareGroup group() {
        return group;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof ProcessClass that
                        && hash == that.hash
                        && command.equals(that.command)
                        && policy.equals(that.policy)
                        && limits.equals(that.limits)
                        && role == that.role
                        && group.equals(that.group));
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
