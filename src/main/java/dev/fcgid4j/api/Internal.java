/* SPDX-License-Identifier: Apache-2.0 */
package dev.fcgid4j.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what is public for the library's other packages only, although its package is exported. It is not part of the API:
 * it may change or go with any version, and its signature may mention types that a user cannot reach.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.CONSTRUCTOR, ElementType.METHOD})
public @interface Internal {}
