/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.gateway;

import dev.fcgid4j.application.ChangePolicy;
import dev.fcgid4j.application.ClassLimits;
import java.util.List;
import java.util.Optional;

/**
 * What a test of {@link GatewayFixture} may want other than the defaults.
 *
 * @param policy which changes concern the application
 * @param limits of the application
 * @param gateway the limits of a request
 */
record FixtureOptions(ChangePolicy policy, ClassLimits limits, GatewaySettings gateway) {

    FixtureOptions() {
        this(
                new ChangePolicy(List.of(GatewayFixture.SCRIPT), List.of(), false, false, Optional.empty(), 0),
                ClassLimits.defaults(),
                GatewaySettings.defaults());
    }

    FixtureOptions with(ChangePolicy other) {
        return new FixtureOptions(other, limits, gateway);
    }

    FixtureOptions with(ClassLimits other) {
        return new FixtureOptions(policy, other, gateway);
    }

    FixtureOptions with(GatewaySettings other) {
        return new FixtureOptions(policy, limits, other);
    }
}
