/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.testkit;

import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Ends the test JVM when Netty reports a buffer that was never released, so that the build fails and says so. The property
 * {@code io.netty.customResourceLeakDetector} names this class.
 *
 * @param <T> what is tracked
 */
public final class FailingLeakDetector<T> extends ResourceLeakDetector<T> {

    private static final int LEAK = 70;

    public FailingLeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    public FailingLeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
        super(resourceType, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        end("LEAK: " + resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        end("LEAK: " + resourceType);
    }

    private static void end(String message) {
        System.err.println(message);
        try { // the test runner may lose what a dying process prints
            Files.writeString(Path.of("target", "leak.txt"), message);
        } catch (IOException e) {
            System.err.println("the report could not be written: " + e);
        }
        Runtime.getRuntime().halt(LEAK);
    }
}
