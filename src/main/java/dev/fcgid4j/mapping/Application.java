/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.mapping;

import dev.fcgid4j.process.ProcessCommand;
import dev.fcgid4j.watch.ChangePolicy;

/**
 * What a request runs: a script, or a wrapper command. Requests whose applications are equal may share workers.
 *
 * @param name how logs and the status page call it: the script's path below the document root, or the wrapper's command
 * @param command what is executed
 * @param policy the files whose change concerns it: the script, or the wrapper's program and those of its arguments that
 *     name a file; and how a change takes effect
 */
public record Application(String name, ProcessCommand command, ChangePolicy policy) {}
