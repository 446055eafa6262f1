/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Leads one request through the packages below and turns any failure into an HTTP status.
 *
 * <p>Depends on: everything below.
 *
 * <p>Threading: an exchange belongs to its worker connection's event loop.
 *
 * <p>Public for embedders. Start at {@code FastCgiGateway}.
 */
@NullMarked
package dev.fcgid4j.gateway;

import org.jspecify.annotations.NullMarked;
