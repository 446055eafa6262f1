/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures the server's log: one line for each event, to standard error. This is code and not a {@code logback.xml},
 * because such a file in the library would configure the log of every program that embeds it.
 *
 * <p>Stateless. Threading: call once, before other threads log.
 */
final class Logging {

    private Logging() {}

    /**
     * Replaces the configuration of the log. Does nothing if the SLF4J provider is not logback.
     *
     * @param level the lowest level that is written; Netty's own messages begin with WARN
     */
    static void toStandardError(Level level) {
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return; // the user put another provider on the class path, with its own configuration
        }
        context.reset();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level %logger{24} - %msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        root.addAppender(appender);
        context.getLogger("io.netty").setLevel(Level.WARN);
    }
}
