/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.pool;

import dev.fcgid4j.application.ProcessClass;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the logger of an application's own messages. Stateless. */
final class ApplicationLog {

    private ApplicationLog() {}

    /** The logger of a class, such as {@code dev.fcgid4j.app.blog.index_php} for {@code /blog/index.php}. */
    static Logger of(ProcessClass processClass) {
        String dotted = processClass.name().replace('.', '_').replace('/', '.');
        return LoggerFactory.getLogger("dev.fcgid4j.app." + (dotted.startsWith(".") ? dotted.substring(1) : dotted));
    }
}
