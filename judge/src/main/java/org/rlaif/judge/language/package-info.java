/**
 * A language model that is asked, whoever judges by it: which of some answers it gives, and what it
 * writes. {@link org.rlaif.judge.language.ServedModel} is one that is served here, {@link
 * org.rlaif.judge.language.EndpointModel} one behind any OpenAI-compatible endpoint, whose answers
 * {@link org.rlaif.judge.language.KeptModel} keeps. No judge is known here.
 */
@NullMarked
package org.rlaif.judge.language;

import org.jspecify.annotations.NullMarked;
