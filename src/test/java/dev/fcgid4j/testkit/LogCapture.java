/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Keeps what a logger and those below it say, from DEBUG on, while it is open; nothing of it is printed. */
public final class LogCapture implements AutoCloseable {

    private final Logger logger;
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final List<ILoggingEvent> events = Collections.synchronizedList(new ArrayList<>());

    private LogCapture(Logger logger) {
        this.logger = logger;
        appender.list = events;
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
    }

    public static LogCapture of(String name) {
        return new LogCapture((Logger) LoggerFactory.getLogger(name));
    }

    /** The lines of one level, in order. */
    public List<String> lines(Level level) {
        return soFar().stream()
                .filter(event -> event.getLevel().equals(level))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Every line, in order. */
    public List<String> lines() {
        return soFar().stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private List<ILoggingEvent> soFar() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setLevel(null);
        logger.setAdditive(true);
    }
}
