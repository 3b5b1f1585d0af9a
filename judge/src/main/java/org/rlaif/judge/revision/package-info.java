/**
 * Critique and revision under a constitution: answers that a language model has made better itself,
 * and what can be learned from them.
 */
@NullMarked
package org.rlaif.judge.revision;

import org.jspecify.annotations.NullMarked;
