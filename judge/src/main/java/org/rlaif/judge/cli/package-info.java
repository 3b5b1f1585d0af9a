/**
 * The judge's commands: {@code label}, {@code report}, {@code compare} and {@code tournament}, with
 * a small main of their own.
 */
@NullMarked
package org.rlaif.judge.cli;

import org.jspecify.annotations.NullMarked;
