/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The FastCGI process manager: starts FastCGI applications, hands requests to them and replaces them when their files
 * change.
 *
 * <p>What is exported is the API; {@code src/test/resources/api.txt} lists every public and protected member of it. Types
 * and members that are marked {@code @Internal} are public for the library's other packages only. Everything else is
 * reached through {@link dev.fcgid4j.FcgiProcessManager}.
 *
 * <p>Netty's buffers, channels and HTTP messages are part of some signatures (docs/adr/0010-the-fence-around-the-api.md). JNA reads the structures of
 * {@code posix} by reflection, and picocli the command line of {@code server}; both packages are open to them alone. The
 * command line and its logger are optional.
 */
module dev.fcgid4j {
    requires com.sun.jna;
    requires transitive io.netty.buffer;
    requires transitive io.netty.codec;
    requires transitive io.netty.codec.http;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;
    requires io.netty.handler;
    requires io.netty.transport.classes.epoll;
    requires io.netty.transport.classes.kqueue;
    requires io.netty.transport.unix.common;
    requires org.slf4j;
    requires static ch.qos.logback.classic;
    requires static ch.qos.logback.core;
    requires static info.picocli;
    requires static org.jspecify;

    exports dev.fcgid4j;
    exports dev.fcgid4j.api;
    exports dev.fcgid4j.application;
    exports dev.fcgid4j.cgi;
    exports dev.fcgid4j.codec;
    exports dev.fcgid4j.failure;
    exports dev.fcgid4j.gateway;
    exports dev.fcgid4j.mapping;
    exports dev.fcgid4j.netty;
    exports dev.fcgid4j.observe;
    exports dev.fcgid4j.status;

    opens dev.fcgid4j.posix to
            com.sun.jna;
    opens dev.fcgid4j.server to
            info.picocli;
}
