/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.server;

import dev.fcgid4j.FcgiProcessManager;
import dev.fcgid4j.testkit.HttpAdapterContract;
import dev.fcgid4j.testkit.TestSite;
import java.nio.file.Path;

/** The contract of HTTP adapters, kept by the one for Netty in the web server's pipeline. */
class NettyHttpAdapterIT extends HttpAdapterContract {

    @Override
    protected Server start(Path documentRoot, String directives) throws Exception {
        TestSite site = TestSite.start(documentRoot, directives);
        return new Server() {
            @Override
            public int port() {
                return site.port();
            }

            @Override
            public FcgiProcessManager manager() {
                return site.manager();
            }

            @Override
            public void close() {
                site.close();
            }
        };
    }
}
